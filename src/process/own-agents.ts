/** One of our agents as it lies in an image. */
export interface OwnAgent {
  /** Of its module `/usr/lib/bundlet/agents/NAME.cjs`. */
  readonly name: string;
  readonly provider: string;
  /** Of the file that makes it an OCF agent, below the root. */
  readonly path: string;
  /** The way from that file's folder to `/usr/lib/bundlet`. */
  readonly way: string;
}

/** Where OCF has its agents; `ours` has names that belong to resource-agents and give way where that is installed. */
const PLACES = {
  ocf: { path: 'usr/lib/ocf/resource.d', way: '../../../bundlet' },
  ours: { path: 'usr/lib/bundlet/ocf/resource.d', way: '../../..' },
  /** `build/ocf` of a checkout, beside `build/root`. */
  checkout: { path: '../ocf/resource.d', way: '../../../root/usr/lib/bundlet' },
} as const;

const own = (place: keyof typeof PLACES, provider: string, name: string): OwnAgent => ({
  name,
  provider,
  path: `${PLACES[place].path}/${provider}/${name}`,
  way: PLACES[place].way,
});

/** Those that have a provider of ours. */
const NATIVE: readonly OwnAgent[] = [
  ...['apache', 'dummy', 'nfsserver', 'process', 'stateful'].flatMap((name) => [
    own('ocf', 'bundlet', name),
    own('checkout', 'bundlet', name),
  ]),
];

/** Those that also answer to the name of an agent of resource-agents, where that is not installed. */
const YIELDING = ['apache', 'nfsserver'];

/** All of them. `ocf:heartbeat:apache` is the same as `ocf:bundlet:apache` where the image has no other one. */
export const AGENTS: readonly OwnAgent[] = [
  ...NATIVE,
  ...YIELDING.map((name) => own('ours', 'heartbeat', name)),
];

const BY_PROGRAM: ReadonlyMap<string, readonly OwnAgent[]> = Map.groupBy(
  AGENTS,
  ({ provider, name }) => `${provider}/${name}`,
);

/** `PROVIDER/TYPE` of those that give way to agents of the same name which the system has. */
export const YIELDING_PROGRAMS: ReadonlySet<string> = new Set(YIELDING.map((name) => `heartbeat/${name}`));

/** Agents that a file may be one of, by its name and folder; nothing is looked at. Mostly none. */
export function ownAgentsAt(path: string): readonly OwnAgent[] {
  const folder = path.lastIndexOf('/', path.lastIndexOf('/') - 1);
  return BY_PROGRAM.get(path.slice(folder + 1)) ?? [];
}

/**
 * The file that makes one of our agents an OCF agent. While it is as it was installed, byte by byte, the daemon may run
 * the module without it.
 */
export function launcherText({ name, way }: OwnAgent): string {
  return `#!/bin/sh
# Bundlet's agent ${name}. Its daemon runs the module itself as long as this file is unchanged.
lib=\${0%/*}/${way}
exec "$lib/node" "$lib/run-agent.cjs" ${name} "$@"
`;
}
