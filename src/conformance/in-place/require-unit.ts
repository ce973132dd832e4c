import { AgentError, messageOf } from '../../errors/agent-error.ts';
import type { SystemdManager } from '../../standards/systemd/manager.ts';
import type { SystemBus } from '../../standards/systemd/system-bus.ts';
import { isUnitName, unitName } from '../../standards/systemd/unit-name.ts';

/** What checks of a unit may find it in: they would end what somebody uses. */
const AT_REST: ReadonlySet<string> = new Set(['inactive', 'failed']);

/**
 * Makes sure that a unit can be checked here: that there is a systemd, the unit, nobody who uses it, and the right to start and stop it.
 * @throws AgentError UNIT_UNAVAILABLE, AGENT_NOT_FOUND, BUS_UNAVAILABLE, BUS_CALL_FAILED
 */
export async function requireUnit(agent: string, bus: SystemBus, signal: AbortSignal): Promise<void> {
  const unit = unitName(agent);
  if (!isUnitName(unit) || /@\.[a-z]+$/.test(unit)) {
    const got = unit.includes('@.') ? 'a template, which needs an instance' : 'none';
    throw new AgentError('AGENT_NOT_FOUND', `Expected systemd:NAME to be the name of a unit, got ${got}`, {
      labels: ['config'],
    });
  }
  if (process.getuid?.() !== 0) {
    throw unavailable(`root to check ${unit}`, `uid ${process.getuid?.()}`);
  }
  const manager = await bus.manager(signal).catch((cause: unknown) => {
    throw signal.aborted ? cause : unavailable(`a running systemd to check ${unit}`, messageOf(cause), cause);
  });
  await requireRest(unit, manager, signal);
}

async function requireRest(unit: string, manager: SystemdManager, signal: AbortSignal): Promise<void> {
  const path = await manager.loadUnit(unit, signal);
  if ((await manager.unitProperty(path, 'LoadState', signal)) === 'not-found') {
    throw new AgentError('AGENT_NOT_FOUND', `Expected systemd to know ${unit}, got no file of that name`, {
      labels: ['config'],
    });
  }
  const state = await manager.unitProperty(path, 'ActiveState', signal);
  if (!AT_REST.has(state)) {
    throw unavailable(`${unit} to be stopped, because checks stop and kill it`, `the state ${state}`);
  }
}

function unavailable(expected: string, got: string, cause?: unknown): AgentError {
  return new AgentError('UNIT_UNAVAILABLE', `Expected ${expected}, got ${got}`, {
    labels: ['config'],
    cause,
  });
}
