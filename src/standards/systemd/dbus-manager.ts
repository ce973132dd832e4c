import type { Message } from 'dbus-native';
import type { Clock } from '../../observe/clock.ts';
import { BUS, type Call, DBusConnection, expectText } from './dbus-connection.ts';
import { busUnavailable, callFailed, isCallFailure, UNEXPECTED_REPLY } from './failures.ts';
import type { JobVerb, OpenManager, SystemdManager, UnitProperty, Unsubscribe } from './manager.ts';
import { abortable, aborted } from './waiting.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
const MANAGER = `${SYSTEMD}.Manager`;
const MANAGER_PATH = '/org/freedesktop/systemd1';

/** How long calls wait for a systemd that left the bus, in ms; to execute itself anew takes it about one second. */
const RETURN_LIMIT_MS = 25_000;

const METHODS = {
  start: 'StartUnit',
  stop: 'StopUnit',
  restart: 'RestartUnit',
  reload: 'ReloadUnit',
} as const satisfies Record<JobVerb, string>;

const RULES = [
  `type='signal',sender='${BUS}',interface='${BUS}',member='NameOwnerChanged',arg0='${SYSTEMD}'`,
  `type='signal',sender='${SYSTEMD}',interface='${MANAGER}',member='JobRemoved'`,
] as const;

const NO_OWNER = `${BUS}.Error.NameHasNoOwner`;

/** Errors that mean that a job is no more. */
const NO_SUCH_OBJECT = ['UnknownObject', 'UnknownMethod', 'UnknownInterface'].map(
  (word) => `${BUS}.Error.${word}`,
);

/** Makes the way to systemd over the bus at an address. */
export function managerOpener(address: string, clock: Clock): OpenManager {
  return async (signal, isAwaited) => {
    const connection = await DBusConnection.open(address, signal);
    try {
      const manager = new DBusManager(connection, clock);
      await manager.begin(signal, isAwaited);
      return manager;
    } catch (error) {
      connection.close();
      throw signal.aborted ? aborted() : busUnavailable('systemd does not answer on the bus', error);
    }
  };
}

/** systemd behind a connection. It may leave the bus and come back while the connection stays. */
class DBusManager implements SystemdManager {
  readonly #connection: DBusConnection;
  readonly #clock: Clock;
  readonly #onJobRemoved = new Set<(job: string, result: string) => void>();
  /** systemd's own name on the bus: others may send signals that look like its. */
  #owner = '';
  #returned = Promise.withResolvers<void>();

  constructor(connection: DBusConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    connection.onSignal((message) => this.#signalled(message));
  }

  /** Asks for the signals, before anything that causes one. */
  async begin(signal: AbortSignal, isAwaited: boolean): Promise<void> {
    for (const rule of RULES) {
      await this.#callBus('AddMatch', [rule], signal);
    }
    try {
      await this.#findOwner(signal);
    } catch (error) {
      if (!isCallFailure(error, NO_OWNER)) {
        throw error;
      }
      if (!isAwaited) {
        // A bus that is just being started: systemd comes when it runs. Where there is none the bus says so at once.
        await this.#callBus('StartServiceByName', [SYSTEMD, 0], signal);
        await this.#findOwner(signal);
      }
    }
  }

  async loadUnit(unit: string, signal: AbortSignal): Promise<string> {
    return expectText(await this.#call('LoadUnit', [unit], signal), 'the path of a unit');
  }

  async unitProperty(path: string, property: UnitProperty, signal: AbortSignal): Promise<string> {
    return this.#property(path, [`${SYSTEMD}.Unit`, property], signal);
  }

  async queueJob(verb: JobVerb, unit: string, signal: AbortSignal): Promise<string> {
    return expectText(await this.#call(METHODS[verb], [unit, 'replace'], signal), 'the path of a job');
  }

  async jobExists(job: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#property(job, [`${SYSTEMD}.Job`, 'State'], signal);
      return true;
    } catch (error) {
      if (isCallFailure(error, ...NO_SUCH_OBJECT)) {
        return false;
      }
      throw error;
    }
  }

  async daemonReload(signal: AbortSignal): Promise<void> {
    await this.#call('Reload', [], signal);
  }

  async listUnitFiles(signal: AbortSignal): Promise<readonly string[]> {
    const rows = rowsOf(await this.#call('ListUnitFiles', [], signal));
    return rows.map(([path]) => path?.slice(path.lastIndexOf('/') + 1) ?? '');
  }

  async listUnits(signal: AbortSignal): Promise<readonly string[]> {
    const rows = rowsOf(await this.#call('ListUnits', [], signal));
    return rows.filter(([, , loadState]) => loadState !== 'not-found').map(([name]) => name ?? '');
  }

  onJobRemoved(listener: (job: string, result: string) => void): Unsubscribe {
    this.#onJobRemoved.add(listener);
    return () => this.#onJobRemoved.delete(listener);
  }

  onClosed(listener: () => void): Unsubscribe {
    return this.#connection.onClosed(listener);
  }

  close(): void {
    this.#connection.close();
  }

  #signalled({ sender, member, interface: face, body = [] }: Message): void {
    if (sender === BUS && member === 'NameOwnerChanged' && body[0] === SYSTEMD) {
      this.#setOwner(String(body[2]));
    } else if (sender === this.#owner && face === MANAGER && member === 'JobRemoved') {
      for (const listener of [...this.#onJobRemoved]) {
        listener(String(body[1]), String(body[3]));
      }
    }
  }

  /** A new systemd must be asked for its signals again. */
  #setOwner(owner: string): void {
    if (owner === this.#owner) {
      return;
    }
    this.#owner = owner;
    if (owner === '') {
      this.#returned = Promise.withResolvers();
      return;
    }
    // Sent before any other call and so handled before it. Refused where systemd took over that we are subscribed; where
    // it fails, jobs are looked after all the same.
    const subscribe = { ...MANAGER_CALL, member: 'Subscribe' };
    this.#connection.call(subscribe, new AbortController().signal).catch(() => undefined);
    this.#returned.resolve();
  }

  async #property(path: string, names: readonly [string, string], signal: AbortSignal): Promise<string> {
    await this.#there(signal);
    const get = { interface: `${BUS}.Properties`, member: 'Get', signature: 'ss', body: names };
    return expectText(await this.#connection.call({ destination: SYSTEMD, path, ...get }, signal), names[1]);
  }

  async #call(member: string, body: readonly string[], signal: AbortSignal): Promise<unknown> {
    await this.#there(signal);
    const withBody = body.length === 0 ? {} : { signature: 's'.repeat(body.length), body };
    return this.#connection.call({ ...MANAGER_CALL, member, ...withBody }, signal);
  }

  async #findOwner(signal: AbortSignal): Promise<void> {
    this.#setOwner(expectText(await this.#callBus('GetNameOwner', [SYSTEMD], signal), 'a name'));
  }

  #callBus(member: string, body: readonly [string, number?], signal: AbortSignal): Promise<unknown> {
    const at = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS };
    return this.#connection.call({ ...at, member, signature: body.length === 1 ? 's' : 'su', body }, signal);
  }

  /** Waits for a systemd that left the bus; a call now would start another in its place or fail. */
  async #there(signal: AbortSignal): Promise<void> {
    if (this.#owner !== '') {
      return;
    }
    const late = Promise.withResolvers<never>();
    const timer = this.#clock.setTimer(RETURN_LIMIT_MS, () =>
      late.reject(callFailed(NO_OWNER, 'systemd left the bus and did not come back')),
    );
    const gone = this.onClosed(() => late.reject(busUnavailable('The bus went while systemd was away')));
    try {
      await abortable(Promise.race([this.#returned.promise, late.promise]), signal);
    } finally {
      timer.cancel();
      gone();
    }
  }
}

const MANAGER_CALL = {
  destination: SYSTEMD,
  path: MANAGER_PATH,
  interface: MANAGER,
} as const satisfies Partial<Call>;

/** The rows of a list as far as they hold texts. */
function rowsOf(reply: unknown): readonly (readonly (string | undefined)[])[] {
  if (!Array.isArray(reply)) {
    throw callFailed(UNEXPECTED_REPLY, `expected a list of units, got ${typeof reply}`);
  }
  return reply.map((row: unknown) =>
    Array.isArray(row) ? row.map((cell: unknown) => (typeof cell === 'string' ? cell : undefined)) : [],
  );
}
