import type { IpcService } from '../ipc/ipc-types.ts';
import { LocalClient, type LocalClientTools } from './local-client.ts';

/** EREMOTEIO: to a tool it says that this is a Pacemaker Remote node, or that no cluster is connected [protocol 6.3]. */
const NO_CLUSTER = -121;

/** What local tools connect with, and the cluster's server that each name leads to [protocol 6.2]. */
const SERVERS: Readonly<Record<string, string>> = {
  cib_ro: 'cib_ro',
  cib_rw: 'cib_rw',
  cib_shm: 'cib_rw',
  attrd: 'attrd',
  'stonith-ng': 'stonith-ng',
  crmd: 'crmd',
};

/** Refused at any time: that is how tools learn that they are on a remote node, and look no further for `pacemakerd`. */
const REFUSED = 'pacemakerd';

/** The names that Pacemaker's tools know, each leading to the cluster by way of a controller. */
export function localServices(tools: LocalClientTools): readonly IpcService[] {
  const relayed = Object.entries(SERVERS).map(
    ([name, server]): IpcService => ({
      name,
      accept: (connection) => LocalClient.open(connection, server, tools) ?? NO_CLUSTER,
    }),
  );
  return [...relayed, { name: REFUSED, accept: () => NO_CLUSTER }];
}
