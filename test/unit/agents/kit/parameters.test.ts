import { describe, expect, it } from 'vitest';
import {
  boolean,
  custom,
  duration,
  integer,
  type Parameter,
  select,
  string,
} from '../../../../agents/kit/index.ts';
import { privateTexts, readParameters } from '../../../../agents/kit/read-parameters.ts';

const about = { short: 'X', long: 'X.' };

/** What becomes of a text: the value, or the fault. */
function read(parameter: Parameter<unknown>, text?: string): unknown {
  const env = text === undefined ? {} : { OCF_RESKEY_x: text };
  const { values, faults } = readParameters({ x: parameter }, { env, instance: 'i' });
  return faults.length === 0 ? values['x'] : faults.join();
}

const EXPECTED = 'Expected the parameter x to be';

describe('an integer', () => {
  it.each([
    ['5', 5],
    ['+5', 5],
    ['-5', -5],
    ['007', 7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', `${EXPECTED} a whole number, got "9007199254740993"`],
    ['abc', `${EXPECTED} a whole number, got "abc"`],
    ['5.0', `${EXPECTED} a whole number, got "5.0"`],
    [' 5', `${EXPECTED} a whole number, got " 5"`],
    ['0x10', `${EXPECTED} a whole number, got "0x10"`],
    ['5s', `${EXPECTED} a whole number, got "5s"`],
  ])('of %j', (text, value) => {
    expect(read(integer(about), text)).toBe(value);
  });

  it.each([
    [{ min: 1, max: 3 }, 'a whole number from 1 to 3'],
    [{ min: 5 }, 'a whole number of at least 5'],
    [{ max: 3 }, 'a whole number of at most 3'],
  ])('within %j', (limits, words) => {
    expect(read(integer({ ...about, ...limits }), '4')).toBe(`${EXPECTED} ${words}, got "4"`);
  });
});

describe('a boolean', () => {
  it.each(['yes', 'true', '1', 'YES', 'True', 'ja', 'on', 'ON'])(
    'of %s is true, as for ocf_is_true',
    (text) => {
      expect(read(boolean(about), text)).toBe(true);
    },
  );

  it.each(['no', 'false', '0', 'NO', 'off', 'nein'])('of %s is false', (text) => {
    expect(read(boolean({ ...about, default: true }), text)).toBe(false);
  });

  it.each(['maybe', '2', ' yes', 'yess'])('of %j is refused', (text) => {
    expect(read(boolean(about), text)).toBe(`${EXPECTED} a boolean such as yes or no, got "${text}"`);
  });
});

describe('a duration', () => {
  it.each([
    ['10', 10_000],
    ['10s', 10_000],
    ['10 s', 10_000],
    ['500ms', 500],
    ['1us', 1],
    ['2min', 120_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
    ['0', 0],
  ])('of %s is %i ms', (text, ms) => {
    expect(read(duration(about), text)).toBe(ms);
  });

  it.each(['', '-1', '1.5s', 's', '10 seconds', '1s2', 'soon'])('of %j is refused, or none', (text) => {
    const fault = `${EXPECTED} a length of time such as 10s, 500ms or 2min, got ${JSON.stringify(text)}`;
    expect(read(duration(about), text)).toBe(text === '' ? undefined : fault);
  });
});

describe('a select', () => {
  it('is one of its words, as it is written', () => {
    const word = select(['auto', 'kernel'], about);
    expect(read(word, 'kernel')).toBe('kernel');
    expect(read(word, 'Kernel')).toBe(`${EXPECTED} one of auto, kernel, got "Kernel"`);
  });
});

describe('a text of a form of its own', () => {
  const list = custom({
    ...about,
    defaultText: 'a b',
    parse: (text: string) => {
      if (text.includes(',')) {
        throw new TypeError('words with blanks between them');
      }
      return text.split(' ');
    },
  });

  it('becomes what it means', () => {
    expect(read(list, 'x y')).toEqual(['x', 'y']);
    expect(read(list)).toEqual(['a', 'b']);
    expect(read(list, 'x,y')).toBe(`${EXPECTED} words with blanks between them, got "x,y"`);
  });

  it('whose reader is broken is a fault of the agent', () => {
    const broken = custom({
      ...about,
      parse: () => {
        throw new RangeError('boom');
      },
    });
    expect(() => read(broken, 'x')).toThrow('boom');
  });
});

describe('a value', () => {
  it('that is empty is none', () => {
    expect(read(string({ ...about, default: 'd' }), '')).toBe('d');
    expect(read(string(about), '')).toBeUndefined();
    expect(read(string({ ...about, isRequired: true }), '')).toBe(
      'Expected a value for the parameter x, got none: X',
    );
  });

  it('may depend on the machine, and is looked for only when it is needed', () => {
    let looked = 0;
    const parameter = string({
      ...about,
      default: ({ env, instance }) => {
        looked += 1;
        return `${instance}${env['OCF_RESKEY_x'] ?? ''}`;
      },
    });
    expect([read(parameter, 'given'), looked]).toEqual(['given', 0]);
    expect([read(parameter), looked]).toEqual(['i', 1]);
  });

  it('that is long is shown in part', () => {
    expect(read(integer(about), 'a'.repeat(500))).toBe(
      `${EXPECTED} a whole number, got "${'a'.repeat(100)}…"`,
    );
  });

  it('that is private is not shown', () => {
    const pin = integer({ ...about, isPrivate: true });
    expect(read(pin, 'geheim')).toBe(`${EXPECTED} a whole number, got something else`);
    expect(
      privateTexts({ x: pin, y: integer(about) }, { OCF_RESKEY_x: 'geheim', OCF_RESKEY_y: 'open' }),
    ).toEqual(['geheim']);
  });
});
