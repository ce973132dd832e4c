// The controller library: what `bundlet/client` gives to users.
export { AgentError } from '../errors/agent-error.ts';
export { Secret } from '../errors/secret.ts';
export type { Completion } from '../protocol/completion.ts';
export { IPC_OP, type ProxyFields, type ProxyNotifyFields } from '../protocol/ipc-proxy.ts';
export type { OperationKey, RecurringFields, RscFields } from '../protocol/rsc.ts';
export { readXml, type XmlReading } from '../protocol/xml-read.ts';
export { element, type XmlElement } from '../protocol/xml-tree.ts';
export { writeXml } from '../protocol/xml-write.ts';
export type { CertificateSources } from '../transport/certificate-set.ts';
export { RemoteClient } from './client.ts';
export { connections, type ReconnectOptions } from './connections.ts';
export type { ClientEvent } from './events.ts';
export { readKeyFile } from './key-file.ts';
export { type AgentName, LocalAgents } from './local-agents.ts';
export type { LocalAgentsOptions } from './local-catalog.ts';
export type { RemoteOperation } from './operation.ts';
export type { AlertRequest, CallOptions, ConnectOptions, DaemonInfo, ExecRequest } from './options.ts';
export { serveTools, type ToolHandler, type ToolSession } from './tool-server.ts';
