import { describe, expect, it } from 'vitest';
import { type ConformanceRequest, type Flags, readRequest } from '../../../src/cli/conformance-request.ts';

const USUAL = { colour: true, color: true } as const;
const read = (flags: Partial<Flags>): ConformanceRequest =>
  readRequest('ocf:test:good', { ...USUAL, ...flags });

describe('what is asked for', () => {
  it('is, of an agent alone, everything as usual', () => {
    expect(read({})).toEqual({
      task: 'run',
      agent: 'ocf:test:good',
      parameters: {},
      wish: { only: [], skip: [], level: 'all' },
      strict: false,
      seed: 1,
      repeat: 1,
      timeoutFactor: 1,
      inPlace: false,
      keep: false,
      live: false,
      outputs: [{ format: 'human' }],
      detail: 'normal',
      mayColour: true,
    });
  });

  it('has values of parameters as they are, whatever is in them; the last of a name', () => {
    const option = ['a=b=c', 'empty=', 'a=\n $(x) \'"', 'ü-1=☃'];
    expect(read({ option }).parameters).toEqual({ a: '\n $(x) \'"', empty: '', 'ü-1': '☃' });
  });

  it('has ids one by one or with commas', () => {
    expect(read({ only: ['ACT,FAIL-01', 'META-0*'], skip: ['ACT-01, ACT-02'] }).wish).toEqual({
      only: ['ACT', 'FAIL-01', 'META-0*'],
      skip: ['ACT-01', 'ACT-02'],
      level: 'all',
    });
  });

  it.each([
    ['must', 'must', false],
    ['all', 'all', false],
    ['strict', 'all', true],
  ] as const)('has the profile %s for level %s and strict %s', (profile, level, strict) => {
    expect(read({ profile })).toMatchObject({ wish: { level }, strict });
  });

  it('is strict by its own option, too', () => {
    expect(read({ profile: 'must', strict: true })).toMatchObject({ wish: { level: 'must' }, strict: true });
  });

  it('has a target with what is usual there', () => {
    expect(read({ host: 'node1' }).target).toEqual({
      host: 'node1',
      port: 3121,
      keyFile: '/etc/pacemaker/authkey',
    });
    expect(read({ host: 'h', port: '3122', authkey: 'k' }).target).toEqual({
      host: 'h',
      port: 3122,
      keyFile: 'k',
    });
  });

  it('needs no agent for a list, nor for an explanation', () => {
    expect(readRequest(undefined, { ...USUAL, list: true }).task).toBe('list');
    expect(readRequest(undefined, { ...USUAL, explain: 'ACT-01' })).toMatchObject({
      task: 'explain',
      id: 'ACT-01',
    });
  });

  it('has no colours under either name', () => {
    expect(read({ colour: false }).mayColour).toBe(false);
    expect(read({ color: false }).mayColour).toBe(false);
  });

  it.each<[Partial<Flags>, string]>([
    [{ option: ['novalue'] }, 'Expected -o NAME=VALUE, got "novalue"'],
    [{ option: ['=x'] }, 'Expected -o NAME=VALUE, got "=x"'],
    [{ seed: '-1' }, 'Expected --seed to be a whole number from 0 to 4294967295, got "-1"'],
    [{ seed: '4294967296' }, 'Expected --seed to be a whole number from 0 to 4294967295, got "4294967296"'],
    [{ seed: '1e3' }, 'Expected --seed to be a whole number from 0 to 4294967295, got "1e3"'],
    [{ repeat: '0' }, 'Expected --repeat to be a whole number from 1 to 10000, got "0"'],
    [{ repeat: '10001' }, 'Expected --repeat to be a whole number from 1 to 10000, got "10001"'],
    [{ jobs: '0' }, 'Expected --jobs to be a whole number from 1 to 1024, got "0"'],
    [{ jobs: 'many' }, 'Expected --jobs to be a whole number from 1 to 1024, got "many"'],
    [{ timeoutFactor: '0' }, 'Expected --timeout-factor to be a number from 0.1 to 100, got "0"'],
    [{ timeoutFactor: '100.5' }, 'Expected --timeout-factor to be a number from 0.1 to 100, got "100.5"'],
    [{ timeoutFactor: 'x' }, 'Expected --timeout-factor to be a number from 0.1 to 100, got "x"'],
    [{ port: '1' }, 'Expected --host with --port, got none'],
    [{ authkey: 'k' }, 'Expected --host with --authkey, got none'],
    [{ host: 'h', port: '65536' }, 'Expected --port to be a whole number from 1 to 65535, got "65536"'],
    [
      { keep: true },
      'Expected --keep with --in-place, got it alone: a sandbox is gone with all that is in it',
    ],
  ])('is refused: %j', (flags, message) => {
    expect(() => read(flags)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message }));
  });

  it('takes the numbers at its limits', () => {
    expect(read({ seed: '4294967295', repeat: '10000', jobs: '1024', timeoutFactor: '.5' })).toMatchObject({
      seed: 4294967295,
      repeat: 10000,
      jobs: 1024,
      timeoutFactor: 0.5,
    });
  });
});
