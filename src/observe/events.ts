import { type Channel, channel } from 'node:diagnostics_channel';

/** Levels as syslog has them, the ones we use, most serious first. */
export const LOG_LEVELS = ['error', 'warning', 'notice', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts of an event. Secrets never go in here. */
export type EventFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Every event that the daemon can tell of, with its level and its meaning. Log, metrics and watchers live on this
 * list; a module says `emit('op.finished', { rsc, op, callId, rc })` and knows none of them.
 */
export const EVENTS = {
  'daemon.listening': { level: 'notice', text: 'Accepting Pacemaker Remote connections' },
  'daemon.stopping': { level: 'notice', text: 'Stopping' },
  'daemon.stopped': { level: 'info', text: 'Stopped' },
  'daemon.refreshing': { level: 'info', text: 'A signal asked to look at keys and certificates now' },
  'daemon.signal-ignored': { level: 'info', text: 'A signal came that has no meaning here' },
  'daemon.note': { level: 'warning', text: 'Something in the environment deserves a look' },

  'tls.key-loaded': { level: 'info', text: 'The pre-shared key was read' },
  'tls.key-missing': {
    level: 'warning',
    text: 'There is no usable pre-shared key; clients are refused until there is',
  },
  'tls.key-readable': { level: 'warning', text: 'A key can be read by others' },
  'tls.key-short': { level: 'warning', text: 'The pre-shared key is short enough to be guessed' },
  'tls.previous-key-unusable': {
    level: 'warning',
    text: 'The previous pre-shared key is there and cannot be used; only the current one holds',
  },
  'tls.file-replaced': {
    level: 'warning',
    text: 'A file that was mounted by itself was replaced where it came from; the old one is still seen here',
  },
  'tls.certificates-loaded': { level: 'info', text: 'Certificate, key and CA were read' },
  'tls.certificates-rejected': {
    level: 'warning',
    text: 'Changed certificate files cannot be used; those from before stay in use',
  },
  'tls.certificate-validity': {
    level: 'warning',
    text: 'A certificate has expired, expires within 30 days, or is not yet valid',
  },
  'tls.crl-stale': { level: 'warning', text: 'A revocation list should have been replaced by now' },
  'tls.accepted': { level: 'info', text: 'A peer was authenticated' },
  'tls.probed': { level: 'debug', text: 'A peer connected and left without a word, as a health check does' },
  'tls.refused': { level: 'warning', text: 'A peer was refused before it was authenticated' },
  'tls.closed': { level: 'info', text: 'The connection of an authenticated peer ended' },
  'tls.handler-failed': {
    level: 'error',
    text: 'A fault of the daemon while it handled a peer; its connection was closed',
  },
  'tls.listener-failed': { level: 'error', text: 'A connection could not be accepted' },

  'frame.invalid': { level: 'warning', text: 'A peer sent a malformed frame; its connection was closed' },
  'message.invalid': { level: 'warning', text: 'A message could not be understood and was dropped' },
  'message.repaired': {
    level: 'warning',
    text: 'A message was not well-formed XML; what could be read of it was used',
  },

  'message.not-sent': { level: 'error', text: 'A message could not be sent' },

  'session.registered': { level: 'notice', text: 'A controller registered' },
  'session.refused': { level: 'warning', text: 'A controller could not be registered' },
  'session.ended': { level: 'notice', text: 'A controller left' },
  'session.request': { level: 'debug', text: 'A request was handled' },
  'session.unsupported': { level: 'info', text: 'A request is not supported' },
  'session.dropped-recurring': {
    level: 'notice',
    text: 'The last controller left; recurring operations were cancelled',
  },

  'shutdown.asked': {
    level: 'notice',
    text: 'The cluster was asked to stop or move what runs here; the daemon ends when that is done',
  },
  'shutdown.acked': {
    level: 'notice',
    text: 'The cluster stops or moves what runs here; waiting until it is done',
  },
  'shutdown.lost': {
    level: 'warning',
    text: 'The last controller vanished during the shutdown; waiting a little for another one',
  },
  'shutdown.refused': {
    level: 'warning',
    text: 'The cluster will not stop what runs here (maintenance mode, or not managed); ending now',
  },
  'shutdown.done': { level: 'notice', text: 'The last controller left: nothing is left to wait for' },
  'shutdown.orphaned': { level: 'warning', text: 'No other controller came during the shutdown; ending now' },
  'shutdown.late': {
    level: 'warning',
    text: 'The cluster was not done in time; ending now. If its resources need longer to stop, raise BUNDLET_STOP_TIMEOUT in a container, BUNDLET_SHUTDOWN_TIMEOUT elsewhere',
  },
  'shutdown.hurried': {
    level: 'warning',
    text: 'A second signal during the shutdown; ending now, without waiting for the cluster',
  },

  'ipc.listening': { level: 'info', text: "Pacemaker's local tools can connect" },
  'ipc.names-taken': {
    level: 'warning',
    text: "Pacemaker's local tools can't connect: a name they look for can't be had; it is tried again every 30 s, and the daemon goes on without",
  },
  'ipc.no-directory': {
    level: 'warning',
    text: "The directory for local connections can't be used; mount a tmpfs there, or set BUNDLET_IPC_DIRECTORY",
  },
  'ipc.no-space': {
    level: 'error',
    text: 'A local tool was refused, because its files could not be made; free space there, enlarge it (--shm-size of the container), or set BUNDLET_IPC_DIRECTORY',
  },
  'ipc.purged': { level: 'notice', text: 'Files of local connections of a killed daemon were removed' },
  'ipc.purge-failed': { level: 'warning', text: 'Files of a local connection could not be removed' },
  'ipc.opened': { level: 'debug', text: 'A local tool connected' },
  'ipc.closed': { level: 'debug', text: 'The connection of a local tool ended' },
  'ipc.declined': { level: 'debug', text: 'A local tool was refused by what it asked for' },
  'ipc.refused': {
    level: 'warning',
    text: 'A local program was refused: only root, hacluster and members of haclient may connect',
  },
  'ipc.full': {
    level: 'warning',
    text: 'There are as many local connections as there may be; others wait for one to end, and are refused after 5 s',
  },
  'ipc.dropped': { level: 'warning', text: 'The connection of a local program was ended for what it did' },
  'ipc.handler-failed': {
    level: 'error',
    text: 'A fault of the daemon while it handled a local connection, which was closed',
  },

  'proxy.opened': { level: 'debug', text: 'A session with a server of the cluster was opened' },
  'proxy.moved': {
    level: 'info',
    text: 'A session of a local client goes on with another provider, because its own left',
  },
  'proxy.closed': { level: 'debug', text: 'A session with a server of the cluster ended' },
  'proxy.stray': {
    level: 'debug',
    text: 'A controller sent something for a session that is not there; it was told so',
  },
  'proxy.invalid': {
    level: 'warning',
    text: 'A controller sent something for local clients that means nothing',
  },

  'proxy.client': { level: 'debug', text: 'A local tool is served by way of a controller' },
  'proxy.no-cluster': {
    level: 'info',
    text: 'A local tool was refused, because no controller is connected that could serve it',
  },
  'proxy.congested': {
    level: 'warning',
    text: 'The controller does not keep up with what local tools ask; one of them was ended, so that the connection is not. Look at the network and the load of its node, or run fewer tools at once',
  },
  'proxy.request-invalid': {
    level: 'warning',
    text: 'A local client sent what could not be understood; its connection was closed',
  },
  'proxy.request-repaired': {
    level: 'warning',
    text: 'A request of a local client was not well-formed XML; what could be read of it was relayed',
  },
  'proxy.unasked': {
    level: 'debug',
    text: 'The cluster answered a local client what it waits not for; dropped',
  },
  'proxy.undeliverable': {
    level: 'warning',
    text: 'An answer is larger than a local client can take; its connection was closed. PCMK_ipc_buffer, for the tool or for the daemon, makes room: in bytes, a fifth of the configuration or more',
  },
  'tools.listening': { level: 'info', text: 'Small tools of this container can reach the cluster' },
  'tools.no-socket': {
    level: 'warning',
    text: 'Small tools of this container cannot reach the daemon; it goes on without and tries again',
  },
  'tools.called': { level: 'debug', text: 'A small tool was run for a local program' },
  'tools.refused': {
    level: 'warning',
    text: 'A call of a small tool was refused: only root, hacluster and members of haclient may',
  },
  'tools.busy': {
    level: 'warning',
    text: 'There are as many calls of small tools as there may be; others wait for one to end, and are refused after 5 s',
  },
  'tools.invalid': {
    level: 'warning',
    text: 'A local program sent something that is no call of a small tool',
  },
  'tools.failed': { level: 'error', text: 'A fault of the daemon while it ran a small tool' },

  'control.listening': { level: 'info', text: 'The command bundlet can reach the daemon' },
  'control.no-socket': {
    level: 'warning',
    text: 'The command bundlet can not reach the daemon by its socket; it goes on without and tries again. Mount a tmpfs there, or set BUNDLET_CONTROL_SOCKET',
  },
  'control.refused': {
    level: 'warning',
    text: 'A local program was refused at the control socket: only root and the user of the daemon may connect',
  },
  'control.invalid': {
    level: 'warning',
    text: 'Something came for the control of the daemon that means nothing; the connection was closed',
  },
  'control.slow': { level: 'warning', text: 'Who watches events does not keep up; the watch was ended' },
  'control.exec': { level: 'notice', text: 'Somebody runs an action of a resource by hand' },
  'control.failed': { level: 'error', text: 'A fault of the daemon while it answered a request; report it' },
  'control.http': { level: 'notice', text: 'Health and metrics can be asked for by HTTP' },
  'control.no-http': {
    level: 'error',
    text: 'Health and metrics can not be asked for by HTTP; free the address, or set BUNDLET_HTTP to another one',
  },
  'solo.begun': { level: 'notice', text: 'Solo mode keeps a resource running, without a cluster' },
  'solo.note': {
    level: 'warning',
    text: 'Something of the definition has no effect, or was added, in solo mode',
  },
  'solo.state': { level: 'notice', text: 'Solo mode goes on to another state' },
  'solo.failed': {
    level: 'warning',
    text: 'An operation failed; what solo mode does about it is the reaction',
  },
  'solo.forgotten': {
    level: 'notice',
    text: 'The failure-timeout has passed: earlier failures do not count any more',
  },
  'solo.yielded': { level: 'notice', text: 'A cluster has connected and looks after the resource now' },
  'solo.resumed': { level: 'notice', text: 'The cluster has left; solo mode takes over again' },
  'solo.gave-up': { level: 'error', text: 'The resource can not be kept running; the container ends' },
  'solo.fault': {
    level: 'error',
    text: 'A request of solo mode was not answered as it should have been; report it',
  },
  'log.level': { level: 'notice', text: 'The level of the log was set' },

  'schemas.skipped': {
    level: 'debug',
    text: 'No schema files are needed: no tools of Pacemaker are installed here',
  },
  'schemas.fetched': { level: 'info', text: 'The schema files that are newer than ours were fetched' },
  'schemas.failed': {
    level: 'warning',
    text: 'Newer schema files could not be fetched; only tools in here that read the configuration would need them',
  },

  'rsc.registered': { level: 'info', text: 'A resource was registered' },
  'rsc.unregistered': { level: 'info', text: 'A resource was unregistered' },
  'op.queued': { level: 'debug', text: 'An operation was queued' },
  'op.started': { level: 'debug', text: 'An operation was started' },
  'op.finished': { level: 'info', text: 'An operation finished' },
  'op.recurred': { level: 'debug', text: 'A recurring operation gave the same result again' },
  'op.cancelled': { level: 'info', text: 'An operation was cancelled' },
  'op.timed-out': {
    level: 'warning',
    text: 'An operation did not finish within its timeout; processes that it started were killed',
  },
  'op.hung': {
    level: 'warning',
    text: 'What the processes of an operation did shortly before its timeout: number, state, what they wait in, command',
  },
  'op.output': { level: 'info', text: 'What an agent wrote in an operation, when its result is new' },
  'op.inherited': {
    level: 'notice',
    text: 'An operation that an earlier daemon began still runs; its resource waits for its end',
  },
  'op.inherited-ended': { level: 'notice', text: 'An operation that an earlier daemon began has ended' },
  'op.will-not-die': { level: 'error', text: 'A killed process has not ended after 5 s' },
  'secret.not-loaded': {
    level: 'warning',
    text: 'A CIB secret could not be loaded; only a stop goes on without it',
  },
  'secret.readable': { level: 'warning', text: 'A CIB secret can be read by others' },
  'alert.started': { level: 'debug', text: 'An alert agent was started' },
  'alert.finished': { level: 'info', text: 'An alert agent did its work' },
  'alert.failed': { level: 'warning', text: 'An alert agent failed; the cluster is not told' },
  'alert.no-account': {
    level: 'error',
    text: 'Alert agents need an account to run as; create it in the image, with the group haclient',
  },
  'alert.dropped': { level: 'info', text: 'An alert came while the daemon stops and was dropped' },
  'alert.abandoned': { level: 'warning', text: 'Alert agents still run at the end; they are left alone' },
  'watchdog.protects': { level: 'debug', text: 'The watchdog does what the cluster expects of it' },
  'watchdog.unprotected': {
    level: 'error',
    text: 'The cluster relies on a watchdog that would not protect this node',
  },
  'op.refused': {
    level: 'warning',
    text: 'An operation was refused: with its parameters its result would be too large for a message',
  },
  'op.told-in-part': {
    level: 'warning',
    text: 'The result of an operation was too large for a message; controllers got it without the parts named',
  },
  'op.output-cut': { level: 'info', text: 'An agent wrote more than is kept' },

  'agent.loaded': {
    level: 'info',
    text: 'One of our own agents runs inside the daemon, without a process',
  },
  'agent.not-loaded': {
    level: 'error',
    text: 'The module of one of our own agents can not be loaded; install Bundlet anew. The agent runs as a process until the daemon is started again',
  },
  'agent.faulted': {
    level: 'error',
    text: 'One of our own agents threw an error where nobody catches it: that run has failed, nothing else. The agent runs as a process until the daemon is started again; report it',
  },
  'agent.abandoned': {
    level: 'error',
    text: 'One of our own agents did not end when its time was over or it was cancelled; it was left behind, and what it still says is dropped. It runs as a process until the daemon is started again; report it',
  },

  'spawner.ready': { level: 'info', text: 'The static helper that starts agents is there' },
  'spawner.stuck': {
    level: 'error',
    text: 'The static helper that starts agents hangs; it is woken, and a program that it can not start is killed',
  },
  'spawner.lost': {
    level: 'error',
    text: 'The static helper that starts agents is gone; what it ran was killed, and another is started',
  },
  'spawner.missing': {
    level: 'warning',
    text: 'Agents are started without the static helper, which takes longer and blocks the daemon for it',
  },
  'spawner.limits-ignored': {
    level: 'warning',
    text: 'Only the static helper can limit what a program uses; programs run without their limits',
  },

  'systemd.connected': { level: 'info', text: 'The connection to systemd over the system bus is open' },
  'systemd.disconnected': {
    level: 'warning',
    text: 'The connection to the system bus ended; the next operation opens it again',
  },
  'systemd.unreachable': { level: 'warning', text: 'An operation needs systemd, and there is no system bus' },
  'systemd.call-failed': { level: 'warning', text: 'An operation was refused by systemd' },
  'systemd.drop-in-failed': {
    level: 'warning',
    text: 'The drop-in of a unit could not be written, removed or loaded; the operation went on without',
  },
  'systemd.job-lost': {
    level: 'notice',
    text: 'A job ended and systemd did not tell how; the state of the unit decided',
  },
} as const satisfies Record<string, { level: LogLevel; text: string }>;

export type EventName = keyof typeof EVENTS;

const channels = new Map<EventName, Channel>();

/** The diagnostics channel of an event: `bundlet:` and its name. */
export function channelOf(name: EventName): Channel {
  let found = channels.get(name);
  if (found === undefined) {
    found = channel(`bundlet:${name}`);
    channels.set(name, found);
  }
  return found;
}

/** Tells whoever listens. Costs next to nothing when nobody does. */
export function emit(name: EventName, fields: EventFields = {}): void {
  const target = channelOf(name);
  if (target.hasSubscribers) {
    target.publish(fields);
  }
}
