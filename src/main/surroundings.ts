import { mkdirSync } from 'node:fs';
import { messageOf } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';

/** Where the C daemon works, and so do agents [protocol 8.4]. */
const WORKING_DIRECTORY = '/var/lib/pacemaker/cores';

/** `HA_RSCTMP` of the resource-agents: state files such as `Dummy-<id>.state`. */
const AGENT_STATE_DIRECTORY = '/run/resource-agents';

/** 0026: what agents of the C daemon run with [protocol 5.12]. */
const UMASK = 0o026;

/** Prepares what agents expect to find. A read-only or foreign system is no reason not to start. */
export function prepareSurroundings(): void {
  process.umask(UMASK);
  try {
    process.chdir(WORKING_DIRECTORY);
  } catch {
    // Images without Pacemaker don't have it; the present directory serves as well.
  }
  try {
    mkdirSync(AGENT_STATE_DIRECTORY, { mode: 0o755, recursive: true });
  } catch (error) {
    emit('daemon.note', { setting: AGENT_STATE_DIRECTORY, problem: messageOf(error) });
  }
}
