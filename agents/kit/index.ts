// The kit's public face: what agents import.
export {
  type ActionDeclaration,
  type Agent,
  type AgentDeclaration,
  defineAgent,
  type Handler,
  type Timing,
} from './agent.ts';
export { AgentFailure } from './agent-failure.ts';
export type { AgentContext, Log } from './context.ts';
export { type ExitCode, OCF } from './exit-codes.ts';
export type { Clock, Host, Invocation, Program, ProgramResult } from './host.ts';
export {
  boolean,
  duration,
  integer,
  type Parameter,
  type Parameters,
  select,
  string,
  type Values,
} from './parameters.ts';
export { runAsProgram } from './program.ts';
export { runAgent } from './run-agent.ts';
