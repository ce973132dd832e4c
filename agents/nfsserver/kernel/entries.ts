import { AgentFailure, OCF } from '../../kit/index.ts';
import { type Export, exportsOf } from '../exports.ts';
import type { NfsContext } from '../parameters.ts';

/** One entry of the kernel's export table: what `exportfs -u` takes, and its options. */
export interface Entry {
  readonly name: string;
  readonly options: string;
}

/** One directory that the kernel is to export, with its place in NFSv4's tree. */
export type PlacedExport = Export & { readonly pseudo: string };

type Params = NfsContext['params'];

const SQUASH = {
  Root_Squash: 'root_squash',
  No_Root_Squash: 'no_root_squash',
  All_Squash: 'all_squash',
} as const;

/**
 * The exports that the parameters name. The kernel's NFSv4 tree is the machine's own, unless one export is its root: then
 * it is the tree below that.
 * @throws AgentFailure ERR_CONFIGURED
 */
export function placedExports(params: Params): readonly PlacedExport[] {
  const exports = exportsOf(params);
  const root = exports.find(({ pseudo }) => pseudo === '/')?.path;
  return exports.map((one) => {
    const { path, pseudo: wanted } = one;
    const pseudo = root === undefined ? path : below(root, path);
    if (pseudo === undefined) {
      throw configured(`Expected ${path} to lie below ${root}, whose pseudo path is /, got another place`);
    }
    if (wanted !== undefined && wanted !== pseudo) {
      throw configured(
        `Expected the pseudo path of ${path} to be ${pseudo}, got ${wanted}: the kernel's tree is the directories' own; pseudo=/ makes one export its root`,
      );
    }
    return { ...one, pseudo };
  });
}

/** What the kernel's table is to hold; `self` is this machine's own address, from which the health check asks. */
export function entriesOf(params: Params, self: string): readonly Entry[] {
  return placedExports(params).flatMap((one) => {
    const options = optionsOf(one, params);
    return [
      ...one.clients.map((client) => ({
        name: `${bracketed(client)}:${one.path}`,
        options: [...options, SQUASH[one.squash]].join(','),
      })),
      // Only root of this machine gets a port that `secure` accepts. Behind the others: the last option counts.
      { name: `${bracketed(self)}:${one.path}`, options: [...options, 'no_root_squash', 'secure'].join(',') },
    ];
  });
}

function optionsOf({ access, sectypes, pseudo, id }: PlacedExport, params: Params): readonly string[] {
  return [
    access.toLowerCase(),
    'sync',
    'no_subtree_check',
    `anonuid=${params.anonuid}`,
    `anongid=${params.anongid}`,
    // What file handles begin with. Without it they hold the device's number or the file system's UUID, which may differ
    // between nodes; 0 has a meaning: the root of NFSv4's tree [exports(5)].
    `fsid=${pseudo === '/' ? 0 : id}`,
    `sec=${sectypes.join(':')}`,
    ...(params.export_options === undefined ? [] : [params.export_options]),
  ];
}

function below(root: string, path: string): string | undefined {
  if (path === root) {
    return '/';
  }
  const prefix = root === '/' ? root : `${root}/`;
  return path.startsWith(prefix) ? `/${path.slice(prefix.length)}` : undefined;
}

/** exportfs(8) takes what is before the first colon for the client. */
const bracketed = (client: string): string =>
  client.includes(':') && !client.startsWith('[') ? client.replace(/^[^/]*/, '[$&]') : client;

const configured = (reason: string): AgentFailure => new AgentFailure(OCF.ERR_CONFIGURED, reason);
