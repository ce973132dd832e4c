import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAILURES_CHECKS } from '../../../../../src/conformance/checks/ocf/failures.ts';
import type { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { failure } from '../../../../helpers/conformance/fake-trial.ts';
import {
  carryOutServiced,
  checkNamed,
  HUNG,
  livelyPlace,
  type Serviced,
  type ServicedFaults,
} from '../../../../helpers/conformance/serviced.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet failures-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const did = ({ place }: Pick<Serviced, 'place'>, start: string): boolean =>
  place.done.some((line) => line.startsWith(start));

/** A place with everything that the checks look for; the agent writes a PID file and listens on a port. */
function richPlace(): FakePlace {
  const place = livelyPlace();
  place.shell = (command) => ({
    code: 0,
    output: command.includes('faketime') ? '/usr/lib/faketime/libfaketime.so.1\n' : '',
  });
  return place;
}

let files = 0;

function carryOut(id: string, faults: ServicedFaults = {}) {
  files += 1;
  const pidFile = join(directory, `${files}.pid`);
  const configuration = join(directory, `${files}.conf`);
  writeFileSync(configuration, 'port = 80\n');
  const good: ServicedFaults = {
    start: (serviced) => {
      const given = faults['start']?.({ ...serviced, answer: () => bringUp(serviced, pidFile) });
      return given ?? bringUp(serviced, pidFile);
    },
    stop: (serviced) => {
      const given = faults['stop']?.(serviced);
      if (given === undefined) {
        rmSync(pidFile, { force: true, recursive: true });
        serviced.place.left = { ...serviced.place.left, listeners: [] };
      }
      return given;
    },
  };
  const cases = {
    instances: [{ name: 'fake', parameters: { state: configuration } }],
    breakConfiguration: 'break-it',
  };
  const place = richPlace();
  return carryOutServiced(
    checkNamed(FAILURES_CHECKS, id),
    { ...faults, ...good },
    { subject: { cases }, place },
  );
}

function bringUp({ place, answer, own }: Serviced, pidFile: string) {
  if (
    did({ place }, 'sh break-it') ||
    (own.length === 0 && place.seen.some(({ command }) => /port/.test(command)))
  ) {
    return failure(1, 'Expected it to start');
  }
  const given = answer();
  const main = place.seen.find(({ command }) => command.endsWith('main'));
  writeFileSync(pidFile, `${main?.pid}\n`);
  place.files = [{ path: pidFile, change: 'made', kind: 'file' }];
  place.left = { ...place.left, listeners: ['tcp 127.0.0.1:80'] };
  return given;
}

const IDS = [
  'FAIL-05',
  'FAIL-06',
  'FAIL-07',
  'FAIL-08',
  'FAIL-09',
  'FAIL-10',
  'FAIL-11',
  'FAIL-14',
  'FAIL-15',
  'FAIL-16',
];

/** The process that the PID file names. */
function named({ place }: Serviced) {
  const [file] = place.files;
  try {
    const pid = Number(readFileSync(file?.path ?? '', 'utf8'));
    return place.seen.find((each) => each.pid === pid);
  } catch {
    return undefined;
  }
}

/** What is broken, and what is said about it. */
const CAUGHT: readonly (readonly [string, string, ServicedFaults, RegExp])[] = [
  [
    'FAIL-05',
    'monitor believes the PID file',
    { monitor: (serviced) => (named(serviced) ? 0 : undefined) },
    /0 \(ok\)/,
  ],
  [
    'FAIL-05',
    'stop ends whoever the PID file names',
    {
      stop: (serviced) => {
        const victim = named(serviced);
        serviced.place.seen = serviced.place.seen.filter((each) => each !== victim);
        return undefined;
      },
    },
    /its end, as .* named it/,
  ],
  [
    'FAIL-06',
    'stop fails over a PID file that it does not understand',
    {
      stop: (serviced) =>
        serviced.wasStarted && named(serviced) === undefined && serviced.own.length === 0 && !isOwn(serviced)
          ? 1
          : undefined,
    },
    /1 \(error\)/,
  ],
  [
    'FAIL-07',
    'start waits to its timeout',
    { start: (serviced) => (did(serviced, 'sh break-it') ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'FAIL-07',
    'start says nothing',
    { start: (serviced) => (did(serviced, 'sh break-it') ? 1 : undefined) },
    /none/,
  ],
  [
    'FAIL-07',
    'start takes half of its timeout',
    {
      start: (serviced) =>
        did(serviced, 'sh break-it') ? { ...HALF, stderr: 'ocf-exit-reason:no\n' } : undefined,
    },
    /its end after 10100 ms/,
  ],
  [
    'FAIL-08',
    'start waits to its timeout',
    { start: ({ place, own }) => (own.length === 0 && place.seen.length > 0 ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'FAIL-09',
    'a start that is killed leaves a process that stop does not know',
    {
      start: ({ place, call }) => {
        if (call.options.killAfterMs !== undefined) {
          place.appear('half a service');
        }
        return undefined;
      },
    },
    /half a service/,
  ],
  [
    'FAIL-10',
    'stop fails on a full disk',
    { stop: (serviced) => (did(serviced, 'fill') ? 1 : undefined) },
    /1 \(error\)/,
  ],
  [
    'FAIL-10',
    'start fails without a word',
    { start: (serviced) => (did(serviced, 'fill') ? 1 : undefined) },
    /none/,
  ],
  [
    'FAIL-11',
    'a second stop fails over what the first has taken away',
    {
      stop: ({ own, answer, call, wasStarted }) =>
        call.options.killAfterMs === undefined && own.length === 0 && !wasStarted
          ? secondStop(answer)
          : undefined,
    },
    /1 \(error\)/,
  ],
  [
    'FAIL-14',
    'stop looks at the configuration first',
    { stop: (serviced) => (did(serviced, 'hide') ? 5 : undefined) },
    /5 \(not installed\)/,
  ],
  [
    'FAIL-15',
    'start hangs',
    { start: ({ place }) => (place.files.length > 0 ? HUNG : undefined) },
    /no end within/,
  ],
  [
    'FAIL-16',
    'monitor compares times',
    { monitor: ({ call }) => (call.options.env?.['FAKETIME'] === undefined ? undefined : 1) },
    /1 \(error\)/,
  ],
];

const HALF = { end: { kind: 'exited', code: 1 }, ms: 10_100 } as const;

function isOwn({ place }: Serviced): boolean {
  const path = place.files[0]?.path ?? '';
  try {
    return /^10\d\n$/.test(readFileSync(path, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function secondStop(answer: () => unknown) {
  answer();
  return 1;
}

describe('checks of other failures', () => {
  it.each(IDS)('%s finds nothing wrong with a good agent', async (id) => {
    const { verdict, findings, reason } = await carryOut(id);
    expect({ verdict, findings, reason }).toEqual({ verdict: 'passed', findings: [], reason: undefined });
  });

  it.each(CAUGHT)('%s: %s', async (id, _, faults, seen) => {
    const { verdict, findings, reason } = await carryOut(id, faults);
    expect({ verdict, reason }).toEqual({ verdict: 'failed', reason: undefined });
    expect(findings.map((finding) => finding.seen).join('\n')).toMatch(seen);
  });

  it.each([
    ['FAIL-05', 'No PID file of it is found'],
    ['FAIL-07', '"breakConfiguration" in the cases does not say how to break it'],
    ['FAIL-08', 'It listens on no port'],
    ['FAIL-14', 'Its parameters name no files that are there'],
    ['FAIL-16', 'Needs libfaketime (the package faketime)'],
  ])('%s is skipped where it can not be told: %s', async (id, reason) => {
    expect(await carryOutServiced(checkNamed(FAILURES_CHECKS, id))).toMatchObject({
      verdict: 'skipped',
      reason,
    });
  });

  it('lists them by their numbers, each once', () => {
    const ids = FAILURES_CHECKS.map(({ id }) => id);
    expect(ids).toEqual(
      Array.from({ length: 16 }, (_, index) => `FAIL-${String(index + 1).padStart(2, '0')}`),
    );
  });
});
