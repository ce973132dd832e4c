import { isTrue } from '../config/boolean.ts';
import { type Envelope, writeReply, writeRequest } from './envelope.ts';
import { OP, RC } from './names.ts';
import { compareVersions, nonEmpty } from './values.ts';
import type { XmlElement } from './xml-tree.ts';

/** What we announce: 1.2 means that schema files may be asked for through a provider [protocol 3.4]. */
export const PROTOCOL_VERSION = '1.2';

/** The oldest peer that is served. */
export const MINIMUM_PROTOCOL_VERSION = '1.0';

const VERSION = /^\d+(\.\d+)*$/;

export interface RegisterRequest {
  readonly clientName: string;
  /** Announced by the peer, if at all. */
  readonly protocolVersion?: string;
  /** The peer can serve local tools: it is a cluster's controller. */
  readonly isIpcProvider: boolean;
}

export function readRegister(request: Envelope): RegisterRequest {
  const { attributes } = request.root;
  const protocolVersion = nonEmpty(attributes['lrmd_protocol_version']);
  return {
    clientName: request.clientName ?? '',
    isIpcProvider: isTrue(attributes['lrmd_is_ipc_provider']),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
  };
}

/** Whether a peer of that version can be served; one that tells none can't [protocol 3.4]. */
export function isVersionAccepted(version: string | undefined): version is string {
  return (
    version !== undefined && VERSION.test(version) && compareVersions(version, MINIMUM_PROTOCOL_VERSION) >= 0
  );
}

/** Whether a provider of that version can serve schema files [protocol 6.9]. */
export function hasSchemas(version: string): boolean {
  return compareVersions(version, '1.2') >= 0;
}

export function writeRegister(request: RegisterRequest, messageId: number): XmlElement {
  return writeRequest(OP.register, messageId, {
    lrmd_clientname: request.clientName,
    lrmd_protocol_version: request.protocolVersion ?? PROTOCOL_VERSION,
    lrmd_is_ipc_provider: request.isIpcProvider ? 'true' : undefined,
  });
}

/** What a daemon tells a client that registers [protocol 3.3]. */
export interface RegisterReply {
  readonly clientId: string;
  /** Whole seconds; a controller decides by it whether transient node attributes survive. */
  readonly uptimeSeconds: number;
  /** `PCMK_node_start_state`, if set. */
  readonly nodeStartState?: string;
}

export function writeRegisterReply(request: Envelope, callId: number, reply: RegisterReply): XmlElement {
  return writeReply(request, callId, RC.ok, {
    lrmd_op: OP.register,
    lrmd_clientid: reply.clientId,
    lrmd_protocol_version: PROTOCOL_VERSION,
    uptime: reply.uptimeSeconds,
    node_start_state: reply.nodeStartState,
  });
}

/** The refusal of a registration: a reply all the same, or the peer would wait 10 s. */
export function writeRegisterRefusal(request: Envelope, callId: number, rc: number): XmlElement {
  return writeReply(request, callId, rc, { lrmd_op: OP.register, lrmd_protocol_version: PROTOCOL_VERSION });
}
