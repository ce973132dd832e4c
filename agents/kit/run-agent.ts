import type { ActionDeclaration, Agent } from './agent.ts';
import { AgentFailure } from './agent-failure.ts';
import { Call } from './call.ts';
import { type ExitCode, isExitCode, OCF } from './exit-codes.ts';
import type { Host, Invocation } from './host.ts';
import { metadata } from './metadata.ts';
import type { Parameters } from './parameters.ts';
import { readParameters } from './read-parameters.ts';
import { usage } from './usage.ts';

/** Actions before which parameters must hold, and the agent's own validation runs. */
const VALIDATED: ReadonlySet<string> = new Set(['start', 'promote', 'reload-agent', 'validate-all']);

/**
 * Runs one action of an agent and gives its exit status; never rejects. What it has to say goes to the host.
 *
 * Parameters that can't be read are refused with `ERR_CONFIGURED`, but not where they would hide what is: a stop and a
 * probe go on with the defaults in their place, and say so.
 */
export async function runAgent(agent: Agent, invocation: Invocation, host: Host): Promise<number> {
  const call = new Call(agent, invocation, host);
  try {
    const answer = answerWithoutAction(agent, invocation);
    if (answer !== undefined) {
      host.writeOut(answer);
      return OCF.SUCCESS;
    }
    if (invocation.action === '') {
      host.writeError(usage(agent));
      throw new AgentFailure(OCF.ERR_ARGS, 'Expected an action as the first argument, got none');
    }
    return await call.guard(() => act(agent, call));
  } catch (error) {
    return call.explain(error);
  } finally {
    call.end();
    await call.log.flush();
  }
}

/** What needs no parameters, no software and no privilege. */
function answerWithoutAction(agent: Agent, { action, env }: Invocation): string | undefined {
  switch (action) {
    case 'meta-data':
      return metadata(agent, env);
    case 'usage':
    case 'help':
    case '--help':
    case '-h':
      return usage(agent);
    default:
      return undefined;
  }
}

async function act(agent: Agent, call: Call): Promise<ExitCode> {
  const { action } = call;
  // `status` is what LSB calls it, and what old agents have.
  const name = action === 'status' ? 'monitor' : action;
  const declaration = findAction(agent, name);
  checkVersion(call.env);
  const parameters = readParameters(agent.parameters, call);
  const context = call.context<Parameters>(parameters);
  const faults = parameters.faults.join('; ');
  if (faults !== '') {
    if (name !== 'stop' && !context.isProbe) {
      throw new AgentFailure(OCF.ERR_CONFIGURED, faults);
    }
    context.log.warn(`${faults}; going on without`);
  }
  if (VALIDATED.has(name)) {
    await agent.validate?.(context);
  }
  const code: unknown = (await declaration?.run(context)) ?? OCF.SUCCESS;
  if (!isExitCode(code)) {
    throw new Error(
      `Expected ${action} to give one of the exit codes 0 to 9, 190 or 191, got ${String(code)}`,
    );
  }
  return code;
}

/**
 * What an action does; undefined of `validate-all`, which is the validation alone.
 * @throws AgentFailure ERR_UNIMPLEMENTED
 */
function findAction(agent: Agent, name: string): ActionDeclaration<Parameters> | undefined {
  const actions: Readonly<Record<string, ActionDeclaration<Parameters> | undefined>> = agent.actions;
  const found = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (found === undefined && name !== 'validate-all') {
    const known = [...Object.keys(actions), 'validate-all', 'meta-data', 'usage'].join(', ');
    throw new AgentFailure(OCF.ERR_UNIMPLEMENTED, `Expected one of the actions ${known}, got ${name}`);
  }
  return found;
}

/** [OCF-1.1]: an agent that does not know the API's version must not guess. */
function checkVersion(env: Readonly<Record<string, string>>): void {
  const version = env['OCF_RA_VERSION_MAJOR'] ?? '';
  if (version !== '' && version !== '1') {
    const reason = `Expected version 1 of the resource agent API, got OCF_RA_VERSION_MAJOR=${version}`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}
