// A bus of its own with a systemd that python3-dbusmock plays, for what a real one does not do.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../helpers/pid-namespace.ts';

/** Debian's, which has Debian's packages. */
const PYTHON = '/usr/bin/python3';

const NAME = 'org.freedesktop.systemd1';
const PATH = '/org/freedesktop/systemd1';
const MANAGER = `${NAME}.Manager`;

const CONFIG = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=${socket}</listen>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
`;

export interface MockBus extends AsyncDisposable {
  readonly address: string;
  /** A directory of the test's own. */
  readonly directory: string;
  /** Replaces a method of the manager: types of arguments and reply, and Python text that sets `ret`. */
  method(name: string, types: readonly [string, string], code: string): Promise<void>;
  /** Sets a property of the one unit there is, to what `dbus-send` writes as `string:active`. */
  property(name: string, value: string): Promise<void>;
  /** Sends a signal of the manager that the manager did not send, to each on the bus by its name. */
  forge(signal: string, values: readonly string[]): Promise<void>;
  killBus(): Promise<void>;
}

/** Why there can be none here, or undefined. */
export function whyNoMock(): string | undefined {
  if (spawnSync('dbus-daemon', ['--version']).status !== 0) {
    return 'no D-Bus, apt-get install dbus';
  }
  const mock = spawnSync(PYTHON, ['-c', 'import dbusmock']);
  return mock.status === 0 ? undefined : 'no dbusmock, apt-get install python3-dbusmock';
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

/** A bus, with systemd on it unless the test wants it without. */
export async function startMockBus(hasSystemd = true): Promise<MockBus> {
  const directory = mkdtempSync(join(tmpdir(), 'bundlet-mock-bus-'));
  const socket = join(directory, 'bus');
  const address = `unix:path=${socket}`;
  const config = join(directory, 'bus.conf');
  writeFileSync(config, CONFIG(socket));
  const bus = spawn('dbus-daemon', ['--nofork', '--config-file', config], { stdio: 'ignore' });
  const send = async (...message: readonly string[]): Promise<string> => {
    const to = [`--bus=${address}`, '--print-reply', `--dest=${NAME}`, PATH];
    return (await promisify(execFile)('dbus-send', [...to, ...message])).stdout;
  };
  const startMock = (): ChildProcess =>
    spawn(PYTHON, ['-m', 'dbusmock', NAME, PATH, MANAGER], {
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: address },
      stdio: 'ignore',
    });
  let mock: ChildProcess | undefined;
  const dispose = async (): Promise<void> => {
    await Promise.all([bus, mock].map((child) => child && end(child)));
    rmSync(directory, { recursive: true });
  };
  const method: MockBus['method'] = async (name, [input, output], code) => {
    const texts = [MANAGER, name, input, output, code].map((text) => `string:${text}`);
    await send('org.freedesktop.DBus.Mock.AddMethod', ...texts);
  };
  const unitProperty = (member: string, name: string, value: string): Promise<string> =>
    send(`org.freedesktop.DBus.${member}`, `string:${NAME}.Unit`, `string:${name}`, `variant:${value}`);
  const property: MockBus['property'] = async (name, value) => {
    await unitProperty('Properties.Set', name, value);
  };
  const forge: MockBus['forge'] = async (signal, values) => {
    const list = ['--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.ListNames'];
    const names = (await promisify(execFile)('dbus-send', [`--bus=${address}`, ...list])).stdout;
    for (const [, name] of names.matchAll(/"(:[\d.]+)"/g)) {
      const message = ['--type=signal', `--dest=${name}`, PATH, `${MANAGER}.${signal}`, ...values];
      await promisify(execFile)('dbus-send', [`--bus=${address}`, ...message]);
    }
  };
  try {
    await until(() => existsSync(socket), 'the socket of the bus');
    if (hasSystemd) {
      mock = startMock();
      await until(() => isOwned(address), 'the mock on the bus');
      await method('Subscribe', ['', ''], '');
      await method('Reload', ['', ''], '');
      await method('LoadUnit', ['s', 'o'], `ret = '${PATH}'`);
      await unitProperty('Mock.AddProperty', 'LoadState', 'string:loaded');
      await unitProperty('Mock.AddProperty', 'ActiveState', 'string:active');
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    address,
    directory,
    method,
    property,
    forge,
    killBus: () => end(bus),
    [Symbol.asyncDispose]: dispose,
  };
}

function isOwned(address: string): boolean {
  const ask = ['--print-reply', '--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.GetNameOwner'];
  return spawnSync('dbus-send', [`--bus=${address}`, ...ask, `string:${NAME}`]).status === 0;
}
