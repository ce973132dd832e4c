import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OcfRunner } from '../../../src/standards/ocf.ts';
import { holdsSecrets, MAX_SECRET_BYTES, SecretStore } from '../../../src/standards/secrets.ts';
import { type HeardEvents, listenTo } from '../../helpers/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { action, FakeRunner, resultOf } from './kit.ts';

const MARK = 'lrm://';

let directory: string;
let clock: FakeClock;
let store: SecretStore;
let heard: HeardEvents;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-secrets-'));
  mkdirSync(join(directory, 'db'));
  clock = new FakeClock();
  store = new SecretStore({ clock, directory });
  heard = listenTo('secret.not-loaded', 'secret.readable');
});

afterEach(() => {
  heard.stop();
  rmSync(directory, { recursive: true });
  expect(clock.waiting).toBe(0);
});

const md5 = (text: string | Buffer): string => createHash('md5').update(text).digest('hex');

/** Writes a secret; its digest is of `signed`, as `cibsecret` makes it. */
function put(name: string, content: string | Buffer, signed: string | Buffer = content): void {
  writeFileSync(join(directory, 'db', name), content, { mode: 0o600 });
  writeFileSync(join(directory, 'db', `${name}.sign`), md5(signed), { mode: 0o600 });
}

const replace = (name: string, rscId = 'db') =>
  store.replace(
    rscId,
    new Map([
      [name, MARK],
      ['plain', 'x'],
    ]),
  );

describe('a parameter', () => {
  it.each([
    [MARK, true],
    ['lrm://x', false],
    ['LRM://', false],
    ['', false],
  ])('%j holds a secret: %s', (value, expected) => {
    expect(holdsSecrets(new Map([['p', value]]))).toBe(expected);
  });
});

describe('a secret', () => {
  // Each of these was tried against the C daemon 2.1.5.
  it.each<[string, string, string]>([
    ['is put in', 'topsecret', 'topsecret'],
    ['loses the white space at its end', 'val ue  \t\n', 'val ue'],
    ['keeps the white space in front', '  a', '  a'],
    ['ends with its first line', 'a\nb\n', 'a'],
    ['may be of any language', 'pässwörd ☂', 'pässwörd ☂'],
  ])('%s', async (_what, content, value) => {
    put('password', content, value);
    const { parameters, isComplete } = await replace('password');
    expect(isComplete).toBe(true);
    expect([...parameters]).toEqual([
      ['password', value],
      ['plain', 'x'],
    ]);
    expect(heard.events).toEqual([]);
  });

  it('may have a digest with capitals and a newline', async () => {
    put('password', 'x');
    writeFileSync(join(directory, 'db/password.sign'), `${md5('x').toUpperCase()}\n`);
    expect((await replace('password')).isComplete).toBe(true);
  });

  it('may be a link', async () => {
    put('password', 'x');
    symlinkSync('password', join(directory, 'db/alias'));
    symlinkSync('password.sign', join(directory, 'db/alias.sign'));
    expect((await replace('alias')).parameters.get('alias')).toBe('x');
  });

  it.each([
    [MAX_SECRET_BYTES - 1, true],
    [MAX_SECRET_BYTES, true],
    [MAX_SECRET_BYTES + 1, false],
    [10 * MAX_SECRET_BYTES, false],
  ])('of %i bytes is taken: %s', async (length, expected) => {
    put('password', 'x'.repeat(length));
    expect((await replace('password')).isComplete).toBe(expected);
  });
});

describe('what is no secret', () => {
  it.each<[string, () => void, RegExp]>([
    ['nothing', () => undefined, /ENOENT/],
    ['a value without digest', () => writeFileSync(join(directory, 'db/p'), 'x'), /ENOENT.*p\.sign/],
    ['another digest', () => put('p', 'topsecret', 'other'), /MD5 digest/],
    ['a digest of all lines', () => put('p', 'a\nb'), /MD5 digest/],
    ['an empty file', () => put('p', ''), /got none/],
    ['an empty first line', () => put('p', '\nx', ''), /got none/],
    ['a NUL', () => put('p', 'a\0b'), /NUL/],
    ['bytes that are no text', () => put('p', Buffer.from([0xff, 0xfe])), /UTF-8/],
    ['a directory', () => mkdirSync(join(directory, 'db/p')), /regular file/],
    [
      'a pipe that nobody writes to',
      () => void execFileSync('mkfifo', [join(directory, 'db/p')]),
      /regular file/,
    ],
  ])('%s leaves the mark and is told', async (_what, prepare, reason) => {
    prepare();
    const { parameters, isComplete } = await replace('p');
    expect(isComplete).toBe(false);
    expect(parameters.get('p')).toBe(MARK);
    expect(heard.events.filter(({ name }) => name === 'secret.not-loaded')).toEqual([
      expect.objectContaining({ rsc: 'db', parameter: 'p', reason: expect.stringMatching(reason) }),
    ]);
    expect(JSON.stringify(heard.events)).not.toContain('topsecret');
  });

  it.each([
    ['../db', 'password'],
    ['..', 'password'],
    ['.', 'password'],
    ['', 'password'],
    ['db/../db', 'password'],
    ['db', '../db/password'],
    ['db', '..'],
    ['db', 'pass\0word'],
  ])('a name that leads out of its directory: %j %j', async (rscId, name) => {
    put('password', 'x');
    expect((await replace(name, rscId)).isComplete).toBe(false);
    expect(heard.events).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/without a path/) }),
    ]);
  });

  it('one of two that is missing leaves the other', async () => {
    put('good', 'x');
    const { parameters, isComplete } = await store.replace(
      'db',
      new Map([
        ['good', MARK],
        ['absent', MARK],
      ]),
    );
    expect(isComplete).toBe(false);
    expect([...parameters]).toEqual([
      ['good', 'x'],
      ['absent', MARK],
    ]);
  });
});

describe('a file system that hangs', () => {
  it('fails the action after 5 s', async () => {
    put('password', 'x');
    const replaced = replace('password');
    // No file can have been read before the first turn of the event loop.
    clock.advance(5000);
    expect((await replaced).isComplete).toBe(false);
    expect(heard.events).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/within 5000 ms/) }),
    ]);
  });
});

describe('a secret that others can read', () => {
  it('is used, and told of once', async () => {
    put('password', 'x');
    chmodSync(join(directory, 'db/password'), 0o644);
    expect((await replace('password')).isComplete).toBe(true);
    expect((await replace('password')).isComplete).toBe(true);
    expect(heard.events).toEqual([
      { name: 'secret.readable', path: join(directory, 'db/password'), mode: '0644' },
    ]);
  });
});

describe('an OCF action with secrets', () => {
  let runner: FakeRunner;

  beforeEach(() => {
    mkdirSync(join(directory, 'resource.d/test'), { recursive: true });
    writeFileSync(join(directory, 'resource.d/test/Fake'), '');
    runner = new FakeRunner();
    put('good', 'topsecret');
  });

  const run = (name: string, parameters: Record<string, string>, type = 'Fake') =>
    resultOf(
      new OcfRunner(() => Promise.resolve(runner), { root: directory, baseEnv: {}, secrets: store }),
      action({
        rsc: { id: 'db', class: 'ocf', provider: 'test', type },
        name,
        parameters: new Map(Object.entries(parameters)),
      }),
    );

  it('gives them to the agent alone', async () => {
    const given = new Map([['good', MARK]]);
    const result = await run('start', Object.fromEntries(given));
    expect(result).toEqual({ rc: 0, status: 0, rawRc: 0 });
    expect(runner.commands[0]?.env['OCF_RESKEY_good']).toBe('topsecret');
    expect(runner.commands[0]?.args).toEqual(['start']);
  });

  it.each(['start', 'monitor', 'meta-data'])('%s fails without them', async (name) => {
    expect(await run(name, { good: MARK, absent: MARK })).toEqual({
      rc: 2,
      status: 0,
      rawRc: 2,
      exitReason: 'Unable to load CIB secrets',
    });
    expect(runner.commands).toEqual([]);
  });

  it.each(['stop', 'STOP'])('%s goes on with those it has', async (name) => {
    expect(await run(name, { good: MARK, absent: MARK })).toMatchObject({ rc: 0, status: 0 });
    expect(runner.commands[0]?.env).toMatchObject({
      OCF_RESKEY_good: 'topsecret',
      OCF_RESKEY_absent: MARK,
    });
  });

  it('of an agent that is not there is not installed', async () => {
    expect(await run('start', { absent: MARK }, 'Missing')).toMatchObject({ rc: 5, status: 7 });
  });

  it('that is killed while they are read never begins', async () => {
    const ocf = new OcfRunner(() => Promise.resolve(runner), {
      root: directory,
      baseEnv: {},
      secrets: store,
    });
    const rsc = { id: 'db', class: 'ocf', provider: 'test', type: 'Fake' };
    const result = await new Promise((resolve) => {
      ocf.run(action({ rsc, parameters: new Map([['good', MARK]]) }), resolve).kill();
    });
    expect(result).toMatchObject({ status: 1 });
    expect(runner.commands).toEqual([]);
  });
});
