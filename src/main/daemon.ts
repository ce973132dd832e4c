import type { DependencyContainer } from 'tsyringe';
import type { Environment } from '../config/environment.ts';
import type { DaemonOptions } from '../config/options.ts';
import { VERSION } from '../config/version.ts';
import { emit } from '../observe/events.ts';
import { type Log, startLog } from '../observe/log.ts';
import type { Authentication } from '../transport/authentication.ts';
import { listen, type TlsServer } from '../transport/tls-server.ts';
import { openControl } from './control.ts';
import { EXIT } from './exit-codes.ts';
import { releaseMemoryWhenIdle } from './idle-memory.ts';
import { type LocalTools, startLocalTools } from './local-tools.ts';
import { startSmallTools } from './small-tools.ts';
import { prepareSolo } from './solo.ts';
import { prepareSurroundings } from './surroundings.ts';
import { TOKENS } from './tokens.ts';
import { wire } from './wiring.ts';

/** Signals that end the daemon in order. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;

/** Signals that PID 1 passes on and that mean nothing here; Node's own answers are to die or to open a debugger. */
const IDLE_SIGNALS = ['SIGUSR1', 'SIGUSR2'] as const;

/** Says that keys or certificates were replaced; PID 1 passes it on. */
const REFRESH_SIGNAL = 'SIGHUP';

/** How long goodbyes may take at the end, in ms. */
const FAREWELL_MS = 1000;

/** How long alert agents in flight may take at the end, in ms; PID 1 gives 8 s to everything. */
const ALERTS_MS = 5000;

/**
 * Runs the daemon until a signal ends it.
 * @throws AgentError LISTEN_FAILED, GNUTLS_MISSING, TLS_PRIORITIES_INVALID, CERTIFICATES_INVALID when it can't start
 */
export async function runDaemon(options: DaemonOptions, env: Environment): Promise<void> {
  const log = startLog({
    level: options.logLevel,
    toStderr: options.logToStderr,
    files: options.logFiles,
    fileMode: options.logFileMode,
    format: options.logFormat,
  });
  for (const note of options.notes) {
    emit('daemon.note', { ...note });
  }
  for (const signal of IDLE_SIGNALS) {
    process.on(signal, () => emit('daemon.signal-ignored', { signal }));
  }
  prepareSurroundings();
  const services = wire(options, env, log);
  // Before keys are looked for: it hears of them.
  const control = services.resolve(TOKENS.control);
  const authentication = services.resolve(TOKENS.authentication)();
  refreshOnSignal(authentication);
  // Before anybody can ask for an operation: nothing may run beside what an earlier daemon began.
  const [authenticated, inherited] = await Promise.all([
    authentication,
    services.resolve(TOKENS.inheritedRuns)(),
  ]);
  services.resolve(TOKENS.inheritedActions).add(inherited);
  const startSolo = options.soloFile === undefined ? undefined : await prepareSolo(options.soloFile);
  const server = await startServer(options, services, authenticated);
  releaseMemoryWhenIdle(services.resolve(TOKENS.clock));
  const { addresses, port } = server;
  services.resolve(TOKENS.view).server = server;
  emit('daemon.listening', { address: addresses.join(', '), port, pid: process.pid, version: VERSION });
  // Looked at for each connection anyway; now, so that a missing key is told before somebody waits for it.
  authenticated.refresh();
  const hub = services.resolve(TOKENS.hub);
  const clock = services.resolve(TOKENS.clock);
  const tools = [
    startLocalTools(options.ipc, clock, hub.relay),
    startSmallTools(options.toolsSocket, clock, hub.relay),
    openControl(options.control, control, clock),
  ];
  const running = { server, tools, services, log };
  for (const signal of STOP_SIGNALS) {
    // The second one hurries.
    process.on(signal, () => hub.terminate(() => stop(signal, running)));
  }
  if (startSolo !== undefined) {
    const solo = await startSolo({ options, env, clock, hub, onGaveUp: (reason) => giveUp(reason, running) });
    services.resolve(TOKENS.view).soloStatus = () => solo.status();
  }
}

/** Solo mode has no hope: the container ends, and says why. */
function giveUp(reason: string, running: Running): void {
  running.services.resolve(TOKENS.initCounts).leaveLastWords(reason);
  stop('solo mode gave up', running, EXIT.gaveUp);
}

/** What is ended at the end. */
interface Running {
  readonly server: TlsServer;
  readonly tools: readonly LocalTools[];
  readonly services: DependencyContainer;
  readonly log: Log;
}

/** From the first moment on, because the signal's default is to end the process. */
function refreshOnSignal(authentication: Promise<Authentication>): void {
  process.on(REFRESH_SIGNAL, () => {
    emit('daemon.refreshing', { signal: REFRESH_SIGNAL });
    authentication.then(
      (one) => one.refresh(),
      // The daemon says it itself, and does not start.
      () => undefined,
    );
  });
}

function startServer(
  options: DaemonOptions,
  services: DependencyContainer,
  authentication: Authentication,
): Promise<TlsServer> {
  const hub = services.resolve(TOKENS.hub);
  return listen({
    port: options.port,
    hosts: options.addresses,
    authentication,
    clock: services.resolve(TOKENS.clock),
    onConnection: (connection) => hub.accept(connection),
    ...(options.userTimeoutMs === undefined ? {} : { userTimeoutMs: options.userTimeoutMs }),
  });
}

/** The cluster agreed, or was not asked. Agents that run are left alone: PID 1 ends them, or nobody [protocol 3.10]. */
function stop(signal: string, { server, tools, services, log }: Running, status: number = EXIT.ok): void {
  emit('daemon.stopping', { signal });
  const end = (): never => {
    emit('daemon.stopped');
    log.close();
    process.exit(status);
  };
  services.resolve(TOKENS.hub).close('the daemon stops');
  // Not before: agents that the cluster stops use them, too.
  const toolsGone = Promise.all(tools.map((some) => some.stop()));
  const late = Promise.withResolvers<void>();
  services.resolve(TOKENS.clock).setTimer(FAREWELL_MS, late.resolve);
  const goodbyes = server.stop().then(() => server.drained());
  const alerts = services.resolve(TOKENS.alerts).drain(ALERTS_MS);
  // Those without a process end here, in order; the others are left alone.
  const ownAgents = services.resolve(TOKENS.ownAgents).close();
  Promise.allSettled([
    Promise.race([Promise.all([goodbyes, toolsGone]), late.promise]),
    alerts,
    ownAgents,
  ]).then(end);
}
