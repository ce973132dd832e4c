// The runner of class systemd beside a real systemd, and the units it is tried with.
import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { systemClock } from '../../../src/observe/clock.ts';
import type { Action, RunningAction } from '../../../src/standards/action.ts';
import type { ActionResult } from '../../../src/standards/result.ts';
import { managerOpener } from '../../../src/standards/systemd/dbus-manager.ts';
import { SystemBus } from '../../../src/standards/systemd/system-bus.ts';
import { SystemdRunner } from '../../../src/standards/systemd/systemd.ts';
import { useAudit } from '../../helpers/audit.ts';
import { type Systemd, startSystemd } from '../../helpers/systemd.ts';

const DUMMYD = resolve(import.meta.dirname, '../../fixtures/systemd/dummyd');

/** Everything below it is started by a test. */
const service = (lines: string, more = ''): string =>
  `[Unit]\nDescription=Test <unit> & more\n${more}\n[Service]\n${lines}\n`;

const notify = (start: string, stop: string): string =>
  service(`Type=notify\nNotifyAccess=all\nExecStart=/run/dummyd ${start} ${stop}\nKillMode=mixed`);

/** Units by what is odd about them. */
export const UNITS = {
  'quick.service': notify('0', '0'),
  'slow@.service': notify('%i', '%i'),
  'eternal.service': `${notify('3600', '0')}TimeoutStartSec=infinity\n`,
  'impatient.service': `${notify('3600', '0')}TimeoutStartSec=1\n`,
  'overdue.service': service(
    'Type=notify\nNotifyAccess=all\nExecStart=/run/dummyd 3600 0\nKillMode=mixed',
    'JobRunningTimeoutSec=1',
  ),
  'failing.service': service('Type=oneshot\nExecStart=/bin/false'),
  'missing-program.service': service('ExecStart=/nowhere/program'),
  'no-program.service': service('Type=simple'),
  'once.service': service('Type=oneshot\nExecStart=/bin/true'),
  'once-and-stay.service': service('Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true'),
  'reloading.service': service('ExecStart=/bin/sleep 3600\nExecReload=/bin/touch /run/was-reloaded'),
  'restarting.service': service('ExecStart=/bin/sleep 3600\nRestart=always'),
  'dependent.service': service(
    'ExecStart=/bin/sleep 3600',
    'Requires=failing.service\nAfter=failing.service',
  ),
  'many@.service': notify('0', '0'),
  'tick.timer': '[Unit]\nDescription=Timer\n[Timer]\nOnCalendar=2099-01-01\nUnit=quick.service\n',
} as const;

export async function installUnits(systemd: Systemd): Promise<void> {
  copyFileSync(DUMMYD, join(systemd.run, 'dummyd'));
  await systemd.install(UNITS);
}

export interface Kit extends AsyncDisposable {
  readonly runner: SystemdRunner;
  readonly bus: SystemBus;
  /** Runs an action to its end. */
  run(name: string, type: string, fields?: Partial<Action>): Promise<ActionResult>;
  /** Begins an action. */
  begin(
    name: string,
    type: string,
    fields?: Partial<Action>,
  ): { running: RunningAction; end: Promise<ActionResult> };
}

export function makeKit(busAddress: string, dropInDirectory: string): Kit {
  const bus = new SystemBus(managerOpener(busAddress, systemClock), systemClock);
  const runner = new SystemdRunner({ bus, clock: systemClock, dropInDirectory });
  const begin: Kit['begin'] = (name, type, fields = {}) => {
    const { promise: end, resolve: onEnd } = Promise.withResolvers<ActionResult>();
    const rsc = { id: `rsc-${type}`, class: 'systemd', type };
    const action = { rsc, name, intervalMs: 0, timeoutMs: 20_000, parameters: new Map(), ...fields };
    return { running: runner.run(action, onEnd), end };
  };
  return {
    runner,
    bus,
    begin,
    run: (name, type, fields) => begin(name, type, fields).end,
    [Symbol.asyncDispose]: () => bus.close(),
  };
}

/** What a group of tests has beside a real systemd. */
export interface BesideSystemd {
  /** One for all of them. */
  readonly systemd: Systemd;
  /** A new one for each test that asks for it. */
  readonly kit: Kit;
}

/** Boots a systemd with the units for a group of tests, and audits each of them. */
export function useSystemd(): BesideSystemd {
  let booted: Systemd | undefined;
  let made: Kit | undefined;
  const systemd = (): Systemd => {
    if (booted === undefined) {
      throw new Error('There is a systemd only while a test runs');
    }
    return booted;
  };
  beforeAll(async () => {
    booted = await startSystemd();
    await installUnits(booted);
  });
  afterAll(() => booted?.[Symbol.asyncDispose]());
  // The hooks at the end of a test run from the last to the first: the kit is gone when the audit looks.
  useAudit();
  afterEach(async () => {
    await made?.[Symbol.asyncDispose]();
    made = undefined;
  });
  return {
    get systemd() {
      return systemd();
    },
    get kit() {
      made ??= makeKit(systemd().busAddress, systemd().units);
      return made;
    },
  };
}

/** Waits until a unit is in a state, whoever brings it there. */
export async function untilState(systemd: Systemd, unit: string, wanted: string): Promise<void> {
  const limit = Date.now() + 20_000;
  while ((await systemd.show(unit, 'ActiveState')) !== wanted) {
    if (Date.now() > limit) {
      throw new Error(`Expected ${unit} to become ${wanted} within 20 s`);
    }
  }
}
