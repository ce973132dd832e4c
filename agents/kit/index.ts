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
export { defineAgent } from './define-agent.ts';
export { type ExitCode, OCF } from './exit-codes.ts';
export { findProgram } from './find-program.ts';
export type { Clock, Host, Invocation, Program, ProgramResult } from './host.ts';
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
export { oneLine } from './plain-text.ts';
export { runAsProgram } from './program.ts';
export { setPromotionScore } from './promotion-score.ts';
export { runAgent } from './run-agent.ts';
export { parseBoolean, parseDuration, parseInteger } from './values.ts';
