/** What systemd is asked to do with a unit; each makes a job [protocol 5.13]. */
export type JobVerb = 'start' | 'stop' | 'restart' | 'reload';

/** The properties of a unit that are looked at. */
export type UnitProperty = 'ActiveState' | 'LoadState' | 'Description';

/** Takes a listener away. */
export type Unsubscribe = () => void;

/**
 * systemd's manager on the system bus, as far as we need it. Every call ends: by its reply, by its signal (ABORTED),
 * when the bus goes (BUS_UNAVAILABLE), or with an error of the bus, of systemd or about an odd reply (BUS_CALL_FAILED,
 * whose details are in `failures.ts`).
 */
export interface SystemdManager {
  /** Loads a unit, also one that has no file; gives its object path. */
  loadUnit(unit: string, signal: AbortSignal): Promise<string>;
  unitProperty(path: string, property: UnitProperty, signal: AbortSignal): Promise<string>;
  /** Queues a job, in the mode "replace"; gives its object path. */
  queueJob(verb: JobVerb, unit: string, signal: AbortSignal): Promise<string>;
  /** Whether a job is still queued or runs. */
  jobExists(job: string, signal: AbortSignal): Promise<boolean>;
  /** Has systemd read its unit files again; resolves when that is done. */
  daemonReload(signal: AbortSignal): Promise<void>;
  /** Names of all units that have a file. */
  listUnitFiles(signal: AbortSignal): Promise<readonly string[]>;
  /** Names of all units that are loaded and not missing. */
  listUnits(signal: AbortSignal): Promise<readonly string[]>;
  /** Tells each job that ended with systemd's word for it: `done`, `failed`, `canceled`, `timeout` … */
  onJobRemoved(listener: (job: string, result: string) => void): Unsubscribe;
  /** Tells that the connection ended; at once if it has. */
  onClosed(listener: () => void): Unsubscribe;
  close(): void;
}

/**
 * Opens a connection.
 * @param isAwaited systemd was there before: it may be on its way back, and calls wait for it
 * @throws AgentError BUS_UNAVAILABLE
 */
export type OpenManager = (signal: AbortSignal, isAwaited: boolean) => Promise<SystemdManager>;
