import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withSmallTools } from '../config/tools-options.ts';
import type { ToolSocket } from '../ipc/tool-socket.ts';
import type { PeerCredentials } from '../native/peer-credentials.ts';
import type { Clock } from '../observe/clock.ts';
import type { Relay } from '../protocol/ipc-relay.ts';

/** `true` in the bundle that esbuild makes, not defined elsewhere. */
declare const BUNDLET_BUNDLED: boolean | undefined;

/**
 * Serves small tools, for images that have none of Pacemaker's. Listening needs little; the tools themselves are loaded
 * when they are called.
 * @param path undefined: they are not served
 */
export function startSmallTools(
  path: string | undefined,
  clock: Clock,
  relay: Relay,
): { stop(): Promise<void> } {
  const starting = path === undefined ? undefined : start(path, clock, relay);
  return {
    stop: async () => {
      (await starting)?.stop();
    },
  };
}

async function start(path: string, clock: Clock, relay: Relay): Promise<ToolSocket> {
  const { listenForTools } = await import('../ipc/tool-socket.ts');
  return listenForTools({
    path,
    clock,
    run: async (request, credentials: PeerCredentials, signal) => {
      const [{ runTool }, { callerOf }] = await Promise.all([
        import('../proxy/tools/run-tool.ts'),
        import('../proxy/local-caller.ts'),
      ]);
      const { pid, user } = callerOf(credentials);
      return runTool({ ...request, pid, user }, { relay, clock, signal });
    },
  });
}

/** What agents inherit, so that they find the small tools that lie beside the daemon. */
export function environmentWithTools(
  agentEnv: Readonly<Record<string, string>>,
  socket: string | undefined,
): Readonly<Record<string, string>> {
  const directory = besideDaemon();
  if (!existsSync(directory)) {
    return agentEnv;
  }
  const areAlone = !WITNESSES.some((name) => existsSync(join('/usr/sbin', name)));
  return withSmallTools(agentEnv, { directory, socket, areAlone });
}

/** One of them is there where any tool of Pacemaker's own is, or a link that `pcmk-tool --install` made. */
const WITNESSES = ['crm_attribute', 'crm_node', 'crm_mon'] as const;

function besideDaemon(): string {
  // esbuild drops the second branch with its `import.meta`, which CommonJS does not have.
  return typeof BUNDLET_BUNDLED !== 'undefined' && BUNDLET_BUNDLED
    ? join(dirname(__filename), 'tools')
    : join(import.meta.dirname, '../../build/root/usr/lib/bundlet/tools');
}
