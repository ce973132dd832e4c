import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manPages } from '../../../scripts/cli-page.ts';
import { remediesFor } from '../../../src/cli/ask/remedies.ts';
import { hostAndPort } from '../../../src/cli/ask/target.ts';
import { table } from '../../../src/cli/show/table.ts';
import { interval, span } from '../../../src/cli/show/time.ts';
import type { Run } from '../../../src/control/model.ts';
import { bundlet } from './kit.ts';

describe('whom to ask', () => {
  it.each([
    ['web-1', 'web-1', 3121],
    ['web-1:99', 'web-1', 99],
    ['10.0.0.1:99', '10.0.0.1', 99],
    ['[fd00::2]:99', 'fd00::2', 99],
    ['fd00::2', 'fd00::2', 3121],
    ['[fd00::2]', 'fd00::2', 3121],
  ])('%s', (text, host, port) => {
    expect(hostAndPort(text)).toEqual({ host, port });
  });

  it.each(['', 'web:0', 'web:70000', 'web:x', '[fd00::2'])('%j is nobody', (text) => {
    expect(() => hostAndPort(text)).toThrow(/Expected HOST or HOST:PORT/);
  });
});

describe('tables and times', () => {
  it('are as kubectl has them', () => {
    expect(
      table(
        ['name', 'state'],
        [
          ['a', 'running'],
          ['long-name', 'b\u001b[2Jx\ny'],
        ],
      ),
    ).toBe('NAME        STATE\na           running\nlong-name   b [2Jx y\n');
  });

  it.each([
    [5, '5ms'],
    [1500, '1.5s'],
    [3000, '3s'],
    [75_000, '1m15s'],
    [3_600_000, '1h'],
    [90_061_000, '1d1h'],
  ])('%d ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  it('has intervals as a cluster writes them', () => {
    expect([interval(10_000), interval(500)]).toEqual(['10s', '500ms']);
  });
});

describe('what to do about a failure', () => {
  const run = (over: Partial<Run>): Run =>
    ({
      resource: 'web',
      action: 'monitor',
      rc: 1,
      status: 'complete',
      agent: 'ocf:x:y',
      timeoutMs: 20_000,
      ...over,
    }) as Run;

  it.each([
    [{ rc: 5 }, 'A program that the agent needs is missing'],
    [{ rc: 2 }, 'bundlet agents show ocf:x:y'],
    [{ rc: 7 }, 'has ended by itself'],
    [{ status: 'timed-out' }, 'op monitor timeout='],
    [{ status: 'timed-out', hang: { processes: [{ state: 'D' }] } as never }, 'look at the storage'],
    [{ rc: 1 }, 'bundlet exec web monitor'],
  ])('%j', (over, text) => {
    expect(remediesFor(run(over as Partial<Run>))[0]).toContain(text);
  });
});

describe('wrong usage', () => {
  it.each([
    [['status', '--output', 'xml'], /Allowed choices are human, json, yaml; see bundlet status --help/],
    [['agents'], /Expected a command behind agents; see bundlet agents --help/],
    [['explain'], /[Mm]issing required argument 'RESOURCE'; see bundlet explain --help/],
    [['exec', 'web', 'monitor', '-p', 'x'], /Expected --parameter to be NAME=VALUE, got "x"/],
    [['history', '-n', 'few'], /Expected --limit to be a whole number, got "few"/],
    [['wait', 'web', 'dead'], /Expected a state of unknown, stopped/],
    [['wait', 'web', '-t', 'soon'], /Expected --timeout to be a time/],
    [['connect', 'web-1'], /Expected a command behind web-1/],
    [['agents', 'show', 'apache'], /Expected ocf:PROVIDER:TYPE or CLASS:TYPE, got "apache"/],
    [['agents', 'list', 'nonsense'], /Expected a class of/],
    [['completion', 'tcsh'], /Expected one of bash, zsh, fish, got "tcsh"/],
    [['status', '--host', 'x', '--ca', 'y'], /Expected --ca, --cert and --key together/],
    [
      ['status', '--host', 'x', '--authkey', '/nonexistent'],
      /Expected --authkey to be the key of the daemon, got ENOENT/,
    ],
    [['solo', '/nonexistent.xml'], /Expected a definition at \/nonexistent.xml, got ENOENT/],
  ])('%j is told in one line', async (args, message) => {
    const { status, out, err } = await bundlet(args);
    expect([status === 2 || status === 3, out]).toEqual([true, '']);
    expect(err).toMatch(message);
    expect(err.trimEnd()).not.toContain('\n');
  });

  it('says where it looked for a daemon that is not there', async () => {
    const { status, err } = await bundlet(['status'], { env: { BUNDLET_CONTROL_SOCKET: '/nonexistent/s' } });
    expect([status, err]).toEqual([3, expect.stringContaining('/nonexistent/s, there is no such socket')]);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh'])('%s: is a script that a shell reads, with every command', async (shell) => {
    const { status, out } = await bundlet(['completion', shell]);
    expect(status).toBe(0);
    expect(spawnSync('bash', ['-n'], { input: out }).status).toBe(0);
    for (const word of ['status', 'explain', '--output', 'agents list']) {
      expect(out).toContain(word);
    }
  });

  it.each([
    ['bundlet st', 'status'],
    ['bundlet agents l', 'list'],
    ['bundlet status --outp', '--output'],
    ['bundlet status --output y', 'yaml'],
  ])('bash completes "%s" with %s', async (line, word) => {
    const { out } = await bundlet(['completion', 'bash']);
    const words = line.split(' ').map((one) => `'${one}'`);
    const script = `${out}\nCOMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _bundlet; echo "\${COMPREPLY[@]}"`;
    expect(spawnSync('bash', ['-c', script], { encoding: 'utf8' }).stdout.trim()).toBe(word);
  });

  it('fish: has a line for every command and option', async () => {
    const { out } = await bundlet(['completion', 'fish']);
    expect(out).toMatch(/^complete -c bundlet -n '__fish_use_subcommand' -f -a status -d /m);
    expect(out).toMatch(/__fish_seen_subcommand_from status' -l output -x -a 'human json yaml'/);
  });
});

describe('man pages', () => {
  const pages = manPages('1.2.3');

  it('there is one for every command', () => {
    expect(Object.keys(pages)).toEqual(
      expect.arrayContaining(['bundlet.1', 'bundlet-status.1', 'bundlet-agents-list.1']),
    );
  });

  it.each(Object.entries(pages))('%s has what man(7) wants', (name, text) => {
    expect(text).toMatch(new RegExp(`^\\.TH ${name.slice(0, -2).toUpperCase()} 1 "" "Bundlet 1.2.3"`));
    expect(text).toMatch(/^\.SH NAME\n\S+ \\- \S/m);
    expect(text).not.toMatch(/^'/m);
  });
});

describe('node-ipc', () => {
  it('is the version that was read, and no other', () => {
    const lock = JSON.parse(readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8')) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    const found = Object.entries(lock.packages).filter(([path]) => path.endsWith('node_modules/node-ipc'));
    expect(found.map(([, { version, integrity }]) => [version, integrity])).toEqual([
      [
        '14.0.0',
        'sha512-d5+aogND4Gk6aQkW5KCibliM4Mn12+isHXt8wFghO4Bn0gBSnev3TXJWQ4eEnzrlh5gCG+nwQEZwyayeDtQxQA==',
      ],
    ]);
  });
});
