import { createServer } from 'node:net';
import { AgentError } from '../../errors/agent-error.ts';

/** In the abstract namespace: no file is left, and the kernel frees it whatever this process dies of [unix(7)]. */
const NAME = '\0bundlet-conformance-in-place';

/**
 * Makes this process the only one on the machine that carries out checks on it, until it ends: two would take each other's services for their own.
 * @throws AgentError PLACE_BUSY
 */
export function becomeOnlyOne(): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (cause) => {
      const message =
        'Expected to be the only run with --in-place on this machine, got another: wait for its end';
      reject(new AgentError('PLACE_BUSY', message, { labels: ['config'], cause }));
    });
    server.listen(NAME, resolve).unref();
  });
}
