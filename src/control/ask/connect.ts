import type { ConnectOptions } from '../../transport/tls-client.ts';
import { ControlClient } from './control-client.ts';

/** A daemon of this machine by its socket, or any by its port. */
export type ControlTarget =
  | { readonly kind: 'local'; readonly socket: string }
  | { readonly kind: 'remote'; readonly options: Omit<ConnectOptions, 'signal'> };

/**
 * Connects to whom one wants to ask. What a remote one needs (TLS, koffi) is loaded only for it.
 * @throws AgentError DAEMON_UNREACHABLE, ABORTED, and those of `connect` of the room `transport`
 */
export async function connectControl(target: ControlTarget, signal: AbortSignal): Promise<ControlClient> {
  if (target.kind === 'local') {
    const { connectLocally } = await import('./local-carrier.ts');
    return ControlClient.over((handlers) => connectLocally(target.socket, handlers, signal));
  }
  const { connectRemotely } = await import('./remote-carrier.ts');
  return ControlClient.over((handlers) => connectRemotely({ ...target.options, signal }, handlers));
}
