/** Names of the protocol [protocol, appendix A]. */

/** Elements. */
export const ELEMENT = {
  command: 'lrmd_command',
  reply: 'lrmd_reply',
  notify: 'lrmd_notify',
  callData: 'lrmd_calldata',
  rsc: 'lrmd_rsc',
  rscOp: 'lrmd_rsc_op',
  op: 'lrmd_op',
  alert: 'lrmd_alert',
  proxy: 'lrmd_ipc_proxy',
  proxyMessage: 'lrmd_ipc_msg',
  attributes: 'attributes',
  param: 'param',
} as const;

/** Operations: values of `lrmd_op`. */
export const OP = {
  register: 'register',
  rscRegister: 'lrmd_rsc_register',
  rscUnregister: 'lrmd_rsc_unregister',
  rscInfo: 'lrmd_rsc_info',
  rscExec: 'lrmd_rsc_exec',
  rscCancel: 'lrmd_rsc_cancel',
  getRecurring: 'lrmd_get_recurring',
  alertExec: 'lrmd_alert_exec',
  poke: 'lrmd_rsc_poke',
  check: 'lrmd_check',
  newClient: 'lrmd_rsc_new_client',
  ipcForward: 'ipc_fwd',
  /** Ours: questions about the daemon itself [docs/control.md]. */
  control: 'bundlet_control',
} as const;

/** Holds a message of `control.proto`, in base64. */
export const CONTROL_ATTRIBUTE = 'bundlet_control';

/** Values of `lrmd_rc`: negative errno [protocol 4.11]. */
export const RC = {
  ok: 0,
  tooLarge: -7,
  accessDenied: -13,
  noSuchResource: -19,
  invalidArguments: -22,
  protocolVersion: -71,
  notBuilt: -93,
  notSupported: -95,
  inProgress: -115,
} as const;

/** Bits of `lrmd_callopt` as both generations send them [protocol 3.6]. */
export const CALL_OPTION = { dropRecurring: 1, origOnly: 2, changesOnly: 4 } as const;

const ERRNO_TEXTS: Readonly<Record<number, string>> = {
  [RC.tooLarge]: 'too large',
  [RC.accessDenied]: 'permission denied',
  [RC.noSuchResource]: 'no such resource',
  [RC.invalidArguments]: 'invalid or missing arguments',
  [RC.protocolVersion]: 'protocol version not accepted',
  [RC.notBuilt]: 'not available in this daemon',
  [RC.notSupported]: 'not supported, or nothing to cancel',
  [RC.inProgress]: 'an operation is still in progress',
};

/** What a negative `lrmd_rc` means, for messages. */
export function rcText(rc: number): string {
  return ERRNO_TEXTS[rc] ?? `error ${-rc}`;
}
