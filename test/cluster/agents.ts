export const agentNames = ['reference', 'bundlet'] as const;
export type AgentName = (typeof agentNames)[number];

/** One implementation of Pacemaker Remote, and what we ask of it. */
export interface Agent {
  readonly name: AgentName;
  readonly image: string;
  /** The same with Pacemaker's own tools, and redis. */
  readonly toolsImage: string;
  /** The same without Pacemaker's tools, where our small ones serve the agents. */
  readonly smallToolsImage?: string;
  readonly runCommand: string;
  /** Command of a remote node without a container; it must lie where the test bed's hosts see it. */
  readonly remoteCommand: readonly string[];
  /** How often Apache is killed. */
  readonly killRounds: number;
  /** A container's stop must be quicker; undefined: recorded only. */
  readonly stopLimitMs: number | undefined;
  /** On a TERM it asks the cluster to move its resources away and waits for that [protocol 3.10]. */
  readonly movesOffAtStop: boolean;
  /** More options of `podman run`. */
  readonly options: string;
}

/** In a replica's /var/log. */
export const LOG_FILE = 'bundlet.log';

const RUN_COMMAND = '/usr/sbin/pacemaker-remoted';

/** Where the package pacemaker-remote is unpacked: it conflicts with pacemaker (README of the test bed). */
export const C_DAEMON = '/opt/pcmk-remote-deb/usr/sbin/pacemaker-remoted';

/** Bundles with the C daemon beside ours, to compare with in one cluster, have names that begin with this. */
export const REFERENCE = 'reference-';
export const REFERENCE_BUNDLE = `${REFERENCE}bundle`;
export const REFERENCE_IMAGE = 'localhost/testbed/reference';
export const REFERENCE_TOOLS_IMAGE = 'localhost/testbed/reference-tools';
/** The images of examples/, and the bundles that run them. */
export const EXAMPLE_IMAGES = {
  apache: 'localhost/testbed/example-apache',
  nfs: 'localhost/testbed/example-nfs',
  process: 'localhost/testbed/example-process',
} as const;
export const OWN_WEB = 'own-web';
export const REFERENCE_WEB = `${REFERENCE}web`;
export const OWN_NFS = 'own-nfs';
export const OWN_CACHE = 'own-cache';

export function agentOf(name: AgentName, repository: string): Agent {
  return name === 'bundlet' ? bundlet(repository) : reference;
}

const bundlet = (repository: string): Agent => ({
  name: 'bundlet',
  image: 'localhost/testbed/bundlet',
  toolsImage: 'localhost/testbed/bundlet-tools',
  smallToolsImage: 'localhost/testbed/bundlet-small',
  runCommand: RUN_COMMAND,
  remoteCommand: [`${repository}/build/pacemaker-remoted`],
  killRounds: 3,
  stopLimitMs: 3_000,
  movesOffAtStop: true,
  // A log that outlives its container: the cluster mounts /var/log from the node. And time for the cluster to move
  // things away when somebody stops a container (steps/shutdown.ts).
  options: `-e PCMK_logfile=/var/log/${LOG_FILE} -e BUNDLET_STOP_TIMEOUT=20s`,
});

const reference: Agent = {
  name: 'reference',
  image: REFERENCE_IMAGE,
  toolsImage: REFERENCE_TOOLS_IMAGE,
  runCommand: RUN_COMMAND,
  remoteCommand: [C_DAEMON],
  killRounds: 2,
  stopLimitMs: undefined,
  // 2.1.5 asks, but ends without waiting for the answer; 2.1.6 waits.
  movesOffAtStop: false,
  options: '',
};
