// The kit's public face: what agents import.
export type {
  ActionDeclaration,
  Agent,
  AgentDeclaration,
  Handler,
  Timing,
} from './agent.ts';
export { AgentFailure, isAgentFailure } from './agent-failure.ts';
export type { AgentContext, Log } from './context.ts';
export { type DaemonDeclaration, type DaemonService, daemonService } from './daemon-service.ts';
export { defineAgent } from './define-agent.ts';
export { compileEre, type Ere } from './ere.ts';
export { exclusively } from './exclusively.ts';
export { type ExitCode, OCF } from './exit-codes.ts';
export { findProgram } from './find-program.ts';
export type { Clock, Host, Invocation, Program, ProgramResult } from './host.ts';
export { type HttpAnswer, HttpFailure, type HttpQuestion, httpGet } from './http.ts';
export { LinkedAbort } from './linked-abort.ts';
export { areLocal } from './local-files.ts';
export {
  boolean,
  type CustomType,
  custom,
  type Description,
  duration,
  integer,
  type Parameter,
  type Parameters,
  select,
  string,
  type Values,
} from './parameters.ts';

export { type PidFile, readPidFile } from './pid-file.ts';
export { oneLine } from './plain-text.ts';
export {
  commandLineOf,
  descendantsOf,
  environmentOf,
  executableOf,
  isRunning,
  isStill,
  listProcesses,
  type ProcessFacts,
  type ProcessId,
  readProcess,
  sendSignal,
} from './processes.ts';

export { runAsProgram } from './program.ts';
export { setPromotionScore } from './promotion-score.ts';
export { runAgent } from './run-agent.ts';
export { TcpFailure, type TcpQuestion, tcpConnect } from './tcp.ts';
export { type Termination, type TerminationStep, terminate } from './terminate.ts';
export { readTextFile } from './text-file.ts';
export { parseBoolean, parseDuration, parseInteger } from './values.ts';
