import { describe, expect, it } from 'vitest';
import { bundlet } from './kit.ts';

describe('bundlet', () => {
  it('prints its version and its help', async () => {
    expect(await bundlet(['--version'])).toEqual({ status: 0, out: 'Bundlet development\n', err: '' });
    const { status, out } = await bundlet(['--help']);
    expect(status).toBe(0);
    expect(out).toContain('conformance [options] [AGENT]');
    expect(out).toContain('Examples:');
  });

  it('tells how it is used when it is asked for nothing', async () => {
    const { status, out, err } = await bundlet([]);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/^Usage: bundlet /);
  });

  it.each([
    [['confromance'], "Unknown command 'confromance' (Did you mean conformance?); see bundlet --help"],
    [['--verbsion'], "Unknown option '--verbsion' (Did you mean --version?); see bundlet --help"],
    [['conformance'], 'Expected the name or path of an agent, got none; see bundlet conformance --help'],
    [
      ['conformance', '--onyl', 'ACT', 'x'],
      "Unknown option '--onyl' (Did you mean --only?); see bundlet conformance --help",
    ],
    [
      ['conformance', 'x', 'y'],
      "Too many arguments for 'conformance'. Expected 1 argument but got 2: x, y; see bundlet conformance --help",
    ],
    [['conformance', 'x', '--only'], "Option '--only <ID>' argument missing; see bundlet conformance --help"],
    [
      ['conformance', 'x', '--level', 'may'],
      "Option '--level <LEVEL>' argument 'may' is invalid. Allowed choices are must, should, all; see bundlet conformance --help",
    ],
    [
      ['conformance', 'x', '--level', 'must', '--profile', 'all'],
      "Option '--profile <PROFILE>' cannot be used with option '--level <LEVEL>'; see bundlet conformance --help",
    ],
    [
      ['conformance', 'x', '--in-place', '--host', 'h'],
      "Option '--in-place' cannot be used with option '--host <HOST>'; see bundlet conformance --help",
    ],
    [
      ['conformance', 'x', '-q', '-v'],
      "Option '-q, --quiet' cannot be used with option '-v, --verbose'; see bundlet conformance --help",
    ],
    [
      ['conformance', 'x'],
      "Expected ocf:PROVIDER:TYPE, ocf:TYPE, lsb:NAME, systemd:NAME, alert:PATH, or the path of an OCF agent, got 'x'",
    ],
  ])('says in one line what is wrong with %j', async (args, message) => {
    expect(await bundlet(args)).toEqual({ status: 2, out: '', err: `bundlet: ${message}\n` });
  });

  it('exits with 3 for an agent that is not there', async () => {
    const { status, err } = await bundlet(['conformance', '/nonexistent/agent']);
    expect([status, err]).toEqual([
      3,
      'bundlet: Expected an agent at /nonexistent/agent for /nonexistent/agent, got ENOENT\n',
    ]);
  });
});

describe('bundlet conformance --list', () => {
  it('has a line for each check: id, level, rule', async () => {
    const { status, out } = await bundlet(['conformance', '--list']);
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter((line) => !/^[A-Z]+-\d\d\s+(must|should)\s+\S/.test(line))).toEqual([]);
  });

  it('has those that are asked for, and why one of them is not run', async () => {
    const { out } = await bundlet([
      'conformance',
      '--list',
      '--only',
      'FAIL-01,FAIL-02',
      '--skip',
      'FAIL-02',
    ]);
    expect(out).toMatch(
      /^FAIL-01 {2}must {4}[^\n]*\nFAIL-02 {2}must {4}[^\n]* \(not run: --skip names it\)\n$/,
    );
  });

  it('has everything of them as JSON', async () => {
    const { out } = await bundlet(['conformance', '--list', '--only', 'FAIL-01', '--output', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      checks: [{ id: 'FAIL-01', class: 'ocf', level: 'must', needs: ['processes'] }],
    });
  });

  it('goes to standard output, for people or as JSON', async () => {
    const message = 'bundlet: Expected --list with --output human or json, to standard output, got another\n';
    expect(await bundlet(['conformance', '--list', '--output', 'tap'])).toMatchObject({
      status: 2,
      err: message,
    });
    expect(await bundlet(['conformance', '--list', '--output', 'json=x'])).toMatchObject({
      status: 2,
      err: message,
    });
  });
});

describe('bundlet conformance --explain', () => {
  it('tells rule, reason, source and remedy', async () => {
    const { status, out } = await bundlet(['conformance', '--explain', 'fail-01']);
    expect(status).toBe(0);
    expect(out).toMatch(/^FAIL-01, a MUST: .*\n\nWhy: {8}\S.*\n\nSource: {5}\S.*\n\nWhat to do: \S.*\n$/);
  });

  it('knows what was probably meant', async () => {
    expect(await bundlet(['conformance', '--explain', 'FIAL-01'])).toEqual({
      status: 2,
      out: '',
      err: 'bundlet: Expected --explain to name a check, got "FIAL-01"; did you mean FAIL-01?\n',
    });
  });
});
