import { constants } from 'node:os';
import { type CommandLine, helpText, type ToolUsage } from './command-line.ts';
import type { ToolCall, ToolResult } from './tool.ts';

/** Exit codes of Pacemaker's tools [pcmk results.h: crm_exit_e], those that ours end with. */
export const TOOL_EXIT = {
  ok: 0,
  error: 1,
  unimplemented: 3,
  insufficientPrivileges: 4,
  usage: 64,
  noHost: 68,
  software: 70,
  osError: 71,
  ioError: 74,
  protocol: 76,
  config: 78,
  disconnect: 102,
  older: 103,
  noSuch: 105,
  quorum: 106,
  exists: 108,
  multiple: 109,
  unsatisfied: 113,
  timeout: 124,
} as const;

/** What these tools are compatible with, in texts and exit codes. */
export const COMPATIBLE_VERSION = '2.1.5';

/** All went well; `stdout` with its line ends. */
export function succeeded(stdout = ''): ToolResult {
  return { exitCode: TOOL_EXIT.ok, stdout, stderr: '' };
}

/** It failed; `message` becomes one line of the standard error. */
export function failed(exitCode: number, message: string): ToolResult {
  return { exitCode, stdout: '', stderr: `${message}\n` };
}

/** Wrong usage, told as `NAME: message`. */
export function wronglyUsed(name: string, message: string): ToolResult {
  return failed(TOOL_EXIT.usage, `${name}: ${message}`);
}

/** The result of a command line that asks for no work: help, version, wrong usage; undefined for all others. */
export function withoutWork(usage: ToolUsage, line: CommandLine): ToolResult | undefined {
  switch (line.kind) {
    case 'help':
      return succeeded(helpText(usage));
    case 'wrong':
      return wronglyUsed(usage.name, line.message);
    case 'given':
      return line.options.some(({ option }) => option === 'version') ? succeeded(VERSION_TEXT) : undefined;
  }
}

/** The first line is what programs look at. */
export const VERSION_TEXT = `Pacemaker ${COMPATIBLE_VERSION}\nCompatible small tool of Bundlet\n`;

/** `EREMOTEIO`: this is a remote node, and no controller is connected. Node doesn't list it. */
export const EREMOTEIO = 121;

/** `ENOTUNIQ`: several where one was meant. Node doesn't list it. */
export const ENOTUNIQ = 76;

/** `ECOMM`: no answer came. Node doesn't list it. */
export const ECOMM = 70;

/** What the C library says to an error number, so far as ours end with one. */
const ERROR_TEXTS: ReadonlyMap<number, string> = new Map([
  [constants.errno.EACCES, 'Permission denied'],
  [constants.errno.EAGAIN, 'Resource temporarily unavailable'],
  [constants.errno.EBUSY, 'Device or resource busy'],
  [constants.errno.ECANCELED, 'Operation canceled'],
  [constants.errno.ECONNREFUSED, 'Connection refused'],
  [constants.errno.EEXIST, 'File exists'],
  [constants.errno.EINVAL, 'Invalid argument'],
  [constants.errno.EIO, 'Input/output error'],
  [constants.errno.ENODEV, 'No such device'],
  [constants.errno.ENOENT, 'No such file or directory'],
  [constants.errno.ENOMEM, 'Cannot allocate memory'],
  [constants.errno.ENOMSG, 'No message of desired type'],
  [constants.errno.ENOSPC, 'No space left on device'],
  [constants.errno.ENOTCONN, 'Transport endpoint is not connected'],
  [constants.errno.ENXIO, 'No such device or address'],
  [constants.errno.EOPNOTSUPP, 'Operation not supported'],
  [constants.errno.EPERM, 'Operation not permitted'],
  [constants.errno.EPROTO, 'Protocol error'],
  [constants.errno.EPROTONOSUPPORT, 'Protocol not supported'],
  [constants.errno.ETIME, 'Timer expired'],
  [constants.errno.ETIMEDOUT, 'Connection timed out'],
  [ECOMM, 'Communication error on send'],
  [EREMOTEIO, 'Remote I/O error'],
]);

/** Text of an error number (positive). */
export function errorText(errno: number): string {
  return ERROR_TEXTS.get(errno) ?? `Error ${errno}`;
}

const { errno } = constants;
const EXIT_OF_ERRNO: readonly (readonly [number, readonly number[]])[] = [
  [TOOL_EXIT.unimplemented, [errno.EOPNOTSUPP]],
  [TOOL_EXIT.insufficientPrivileges, [errno.EACCES]],
  [TOOL_EXIT.software, [errno.EBADF, errno.EINVAL, errno.EFAULT, errno.ENOSYS, errno.EOVERFLOW]],
  [
    TOOL_EXIT.protocol,
    [
      errno.EBADMSG,
      errno.EMSGSIZE,
      errno.ENOMSG,
      errno.ENOPROTOOPT,
      errno.EPROTO,
      errno.EPROTONOSUPPORT,
      errno.EPROTOTYPE,
    ],
  ],
  [TOOL_EXIT.osError, [errno.ENOMEM, ECOMM]],
  [TOOL_EXIT.disconnect, [errno.ECONNABORTED, errno.ECONNREFUSED, errno.ECONNRESET, errno.ENOTCONN]],
  [TOOL_EXIT.exists, [errno.EEXIST]],
  [TOOL_EXIT.multiple, [ENOTUNIQ]],
  [TOOL_EXIT.ioError, [errno.EIO]],
  [TOOL_EXIT.noSuch, [errno.ENODEV, errno.ENOENT, errno.ENXIO]],
  [TOOL_EXIT.timeout, [errno.ETIME, errno.ETIMEDOUT]],
  [TOOL_EXIT.unsatisfied, [errno.EAGAIN, errno.EBUSY]],
];

/** With which code a tool ends for an error number (positive) [pcmk results.c: pcmk_rc2exitc]. */
export function exitCodeOf(code: number): number {
  if (code === 0) {
    return TOOL_EXIT.ok;
  }
  return EXIT_OF_ERRNO.find(([, errors]) => errors.includes(code))?.[0] ?? TOOL_EXIT.error;
}

/**
 * What the real tool's command line was, for the `request` of XML output: words with blanks stand in single quotes
 * [pcmk output.c: pcmk__quote_cmdline].
 */
export function requestOf(call: ToolCall): string {
  return [call.name, ...call.args]
    .map((word) => (word.includes(' ') ? `'${word.replaceAll("'", "\\'")}'` : word))
    .join(' ');
}
