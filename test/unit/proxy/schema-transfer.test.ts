import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readXml } from '../../../src/protocol/xml-read.ts';
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import {
  FILE_COUNT_LIMIT,
  FILE_SIZE_LIMIT_BYTES,
  readSchemaAnswer,
} from '../../../src/proxy/schema-answer.ts';
import { newestInstalled } from '../../../src/proxy/schema-files.ts';
import { SchemaTransfer, TRANSFER_TIMEOUT_MS } from '../../../src/proxy/schema-transfer.ts';
import { listenTo } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { FakeCluster, goodAnswers, SIGNED_ON, schemasAnswer } from './kit.ts';

const RNG = '<grammar>\n\t<!-- & < ]]> é -->\n</grammar>\n';

let root: string;
let installed: string;
let fetched: string;
let cluster: FakeCluster;
let clock: FakeClock;
let heard: ReturnType<typeof listenTo>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bundlet-schemas-'));
  installed = join(root, 'installed');
  fetched = join(root, 'lib/schemas');
  mkdirSync(installed);
  writeFileSync(join(installed, 'pacemaker-3.9.rng'), '');
  cluster = new FakeCluster();
  clock = new FakeClock();
  heard = listenTo('schemas.skipped', 'schemas.fetched', 'schemas.failed');
});

afterEach(() => {
  heard.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Signs on, and then gives this answer. */
const onceSignedOn = (answer: XmlElement) => (op: string) => (op === 'register' ? SIGNED_ON : answer);

const makeTransfer = (): SchemaTransfer => new SchemaTransfer({ clock, relay: cluster, installed, fetched });
const files = (): string[] => (existsSync(fetched) ? readdirSync(fetched).sort() : []);

describe('a transfer of schema files', () => {
  it('signs on, asks for what is newer, and writes it', async () => {
    cluster.answer = goodAnswers([
      ['pacemaker-3.10.rng', RNG],
      ['upgrade-3.10-enter.xsl', ''],
    ]);
    await makeTransfer().start();
    expect(cluster.heard).toEqual(['open cib_ro', 'register', 'cib_schemas', 'close']);
    expect(cluster.requests.map(({ message }) => readXml(message).root)).toMatchObject([
      {
        name: 'cib_command',
        attributes: {
          t: 'cib',
          cib_op: 'register',
          cib_clientname: 'pacemaker-remoted',
          cib_callopt: '4096',
        },
      },
      {
        attributes: { cib_op: 'cib_schemas', cib_callid: '2', cib_callopt: '4096' },
        children: [
          { name: 'cib_calldata', children: [{ name: 'schema', attributes: { version: 'pacemaker-3.9' } }] },
        ],
      },
    ]);
    expect(cluster.requests.every(({ flags }) => flags === 0x200)).toBe(true);
    expect(files()).toEqual(['pacemaker-3.10.rng', 'upgrade-3.10-enter.xsl']);
    expect(readFileSync(join(fetched, 'pacemaker-3.10.rng'), 'utf8')).toBe(RNG);
    expect((statSync(fetched).mode & 0o777).toString(8)).toBe('755');
    expect((statSync(join(fetched, 'pacemaker-3.10.rng')).mode & 0o777).toString(8)).toBe('644');
    expect(heard.events).toMatchObject([{ name: 'schemas.fetched', files: 2, have: 'pacemaker-3.9' }]);
    expect(clock.waiting).toBe(0);
  });

  it('is not made where no tools of Pacemaker are installed', async () => {
    rmSync(installed, { recursive: true });
    await makeTransfer().start();
    expect(cluster.heard).toEqual([]);
    expect(existsSync(fetched)).toBe(false);
    expect(heard.events).toMatchObject([{ name: 'schemas.skipped' }]);
  });

  it('first removes what an earlier one left, and nothing else', async () => {
    mkdirSync(join(fetched, 'sub.rng'), { recursive: true });
    for (const name of ['old.rng', 'old.xsl.unfinished', 'README', 'sub.rng/kept.rng']) {
      writeFileSync(join(fetched, name), 'old');
    }
    cluster.answer = goodAnswers([]);
    await makeTransfer().start();
    expect(files()).toEqual(['README', 'sub.rng']);
    expect(existsSync(join(fetched, 'sub.rng/kept.rng'))).toBe(true);
    expect(heard.events).toMatchObject([{ name: 'schemas.fetched', files: 0 }]);
  });

  it('never writes through a link, nor into the directory of the installed ones', async () => {
    const outside = join(root, 'outside');
    writeFileSync(outside, 'untouched');
    mkdirSync(fetched, { recursive: true });
    symlinkSync(outside, join(fetched, 'a.rng'));
    symlinkSync(outside, join(fetched, 'b.rng.unfinished'));
    cluster.answer = goodAnswers([
      ['a.rng', 'new'],
      ['b.rng', 'new'],
    ]);
    await makeTransfer().start();
    expect(readFileSync(outside, 'utf8')).toBe('untouched');
    expect(readFileSync(join(fetched, 'a.rng'), 'utf8')).toBe('new');
    rmSync(fetched, { recursive: true });
    symlinkSync(installed, fetched);
    await makeTransfer().start();
    expect(readdirSync(installed)).toEqual(['pacemaker-3.9.rng']);
    expect(heard.events.at(-1)).toMatchObject({
      name: 'schemas.failed',
      reason: expect.stringContaining('of its own'),
    });
  });

  it.each([
    ['no controller', { hasProvider: false }, /no controller is connected/],
    ['no sign-on', { answer: () => element('nack') }, /cib_op="register"/],
    ['an answer without a result', { answer: onceSignedOn(element('nack')) }, /with cib_rc/],
    ['a refusal', { answer: onceSignedOn(element('x', { cib_rc: -93 })) }, /-93/],
    [
      'a bad name',
      {
        answer: onceSignedOn(
          schemasAnswer([
            ['good.rng', ''],
            ['../x.rng', ''],
          ]),
        ),
      },
      /\.\.\/x\.rng/,
    ],
  ])('with %s fails in one line and leaves no file', async (_what, behaviour, reason) => {
    Object.assign(cluster, behaviour);
    await makeTransfer().start();
    expect(files()).toEqual([]);
    expect(heard.events).toEqual([
      expect.objectContaining({ name: 'schemas.failed', reason: expect.stringMatching(reason) }),
    ]);
    expect(clock.waiting).toBe(0);
  });

  it('fails in one line when the directory cannot be made', async () => {
    writeFileSync(join(root, 'lib'), 'a file');
    await makeTransfer().start();
    expect(heard.events).toEqual([expect.objectContaining({ name: 'schemas.failed' })]);
  });

  it('fails when the controller leaves in the middle, or sends nothing but strays for five minutes', async () => {
    cluster.answer = (op) => (op === 'register' ? SIGNED_ON : undefined);
    const left = makeTransfer().start();
    await until(() => cluster.heard.includes('cib_schemas'), 'the question');
    cluster.stray(schemasAnswer([['stray.rng', '']]));
    cluster.leave();
    await left;
    const late = makeTransfer().start();
    await until(() => cluster.heard.filter((op) => op === 'cib_schemas').length === 2, 'the second question');
    cluster.stray(schemasAnswer([['stray.rng', '']]));
    clock.advance(TRANSFER_TIMEOUT_MS);
    await late;
    expect(files()).toEqual([]);
    expect(heard.events.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('the provider left'),
      expect.stringContaining('within 300 s'),
    ]);
  });

  it('gives way to the next: one at a time', async () => {
    cluster.answer = (op) => (op === 'register' ? SIGNED_ON : undefined);
    const transfer = makeTransfer();
    const first = transfer.start();
    await until(() => cluster.heard.includes('cib_schemas'), 'the question');
    cluster.answer = goodAnswers([['new.rng', 'new']]);
    await Promise.all([first, transfer.start()]);
    expect(cluster.heard).toEqual([
      ...['open cib_ro', 'register', 'cib_schemas', 'close'],
      ...['open cib_ro', 'register', 'cib_schemas', 'close'],
    ]);
    expect(heard.events.map(({ name }) => name)).toEqual(['schemas.failed', 'schemas.fetched']);
    expect(files()).toEqual(['new.rng']);
    expect(clock.waiting).toBe(0);
  });
});

describe('an answer', () => {
  it.each([
    ...[
      '',
      '.',
      '..',
      '../x.rng',
      '/etc/x.rng',
      'a/b.rng',
      '.hidden.rng',
      'x',
      'x.rng\0',
      'x.txt',
      'x.rng\n',
      'é.rng',
    ],
    `${'a'.repeat(130)}.rng`,
  ])('with the name %j is refused', (name) => {
    expect(() => readSchemaAnswer(schemasAnswer([[name, '']]))).toThrow(/plain names/);
  });

  it('without a text is refused', () => {
    expect(() => readSchemaAnswer(schemasAnswer([['a.rng']]))).toThrow(/as CDATA/);
  });

  it.each([
    [FILE_SIZE_LIMIT_BYTES - 1, false],
    [FILE_SIZE_LIMIT_BYTES, false],
    [FILE_SIZE_LIMIT_BYTES + 1, true],
  ])('with a file of %i bytes: refused is %s', (bytes, isRefused) => {
    const read = () => readSchemaAnswer(schemasAnswer([['a.rng', 'x'.repeat(bytes)]]));
    if (isRefused) {
      expect(read).toThrow(/at most 4194304 bytes in a\.rng/);
    } else {
      expect(read()).toHaveLength(1);
    }
  });

  it.each([
    [FILE_COUNT_LIMIT - 1, false],
    [FILE_COUNT_LIMIT, false],
    [FILE_COUNT_LIMIT + 1, true],
  ])('with %i files: refused is %s', (count, isRefused) => {
    const many = Array.from({ length: count }, (_, index) => [`f${index}.rng`, ''] as const);
    const read = () => readSchemaAnswer(schemasAnswer(many));
    if (isRefused) {
      expect(read).toThrow(/at most 1000 schema files/);
    } else {
      expect(read()).toHaveLength(count);
    }
  });

  it('without schemas holds no files', () => {
    expect(readSchemaAnswer(element('cib-reply', { cib_rc: 0 }))).toEqual([]);
  });
});

describe('the newest schema that is installed', () => {
  it.each([
    [['pacemaker-3.9.rng', 'pacemaker-3.10.rng', 'pacemaker-2.99.rng'], 'pacemaker-3.10'],
    [['pacemaker-next.rng', 'resources-4.0.rng', 'pacemaker.rng'], undefined],
  ])('of %j is %s', async (names, expected) => {
    rmSync(join(installed, 'pacemaker-3.9.rng'));
    for (const name of names) {
      writeFileSync(join(installed, name), '');
    }
    expect(await newestInstalled(installed)).toBe(expected);
  });
});
