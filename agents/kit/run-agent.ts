import type { ActionName, Agent } from './agent.ts';
import { AgentFailure } from './agent-failure.ts';
import { Call } from './call.ts';
import { type ExitCode, OCF } from './exit-codes.ts';
import type { Host, Invocation } from './host.ts';
import { metadata } from './metadata.ts';
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
  switch (invocation.action) {
    case 'meta-data':
      host.writeOut(metadata(agent, invocation.env));
      return OCF.SUCCESS;
    case 'usage':
    case 'help':
    case '--help':
    case '-h':
      host.writeOut(usage(agent));
      return OCF.SUCCESS;
    case '':
      host.writeError(usage(agent));
      return OCF.ERR_ARGS;
  }
  const call = new Call(agent, invocation, host);
  try {
    return await call.guard(() => act(agent, call));
  } catch (error) {
    return call.explain(error);
  } finally {
    call.end();
  }
}

async function act(agent: Agent, call: Call): Promise<ExitCode> {
  const { action } = call;
  // `status` is what LSB calls it, and what old agents have.
  const name = action === 'status' ? 'monitor' : action;
  const declaration = agent.actions[name as ActionName];
  if (declaration === undefined && name !== 'validate-all') {
    const known = [...Object.keys(agent.actions), 'validate-all', 'meta-data', 'usage'].join(', ');
    throw new AgentFailure(OCF.ERR_UNIMPLEMENTED, `Expected one of the actions ${known}, got ${action}`);
  }
  checkVersion(call.env);
  const { values, given, faults } = readParameters(agent.parameters, call);
  const context = call.context(values, given);
  if (faults.length > 0) {
    if (name !== 'stop' && !context.isProbe) {
      throw new AgentFailure(OCF.ERR_CONFIGURED, faults.join('; '));
    }
    context.log.warn(`${faults.join('; ')}; going on without`);
  }
  if (VALIDATED.has(name)) {
    await agent.validate?.(context);
  }
  return (await declaration?.run(context)) ?? OCF.SUCCESS;
}

/** [OCF-1.1]: an agent that does not know the API's version must not guess. */
function checkVersion(env: Readonly<Record<string, string>>): void {
  const version = env['OCF_RA_VERSION_MAJOR'] ?? '';
  if (version !== '' && version !== '1') {
    const reason = `Expected version 1 of the resource agent API, got OCF_RA_VERSION_MAJOR=${version}`;
    throw new AgentFailure(OCF.ERR_GENERIC, reason);
  }
}
