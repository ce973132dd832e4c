import { type ExitCode, OCF, parseDuration } from '../kit/index.ts';

/** One trouble that an action gets into. */
export interface TroubleRule {
  /** `*` for all. */
  readonly action: string;
  /** What happens, in this order. */
  readonly effects: readonly Effect[];
  /** Of how many calls of the action it happens: from the first to the last, counted from 1. */
  readonly only?: { readonly first: number; readonly last: number };
  /** It happens while this file is there. */
  readonly whileFile?: string;
  /** The exit reason of a failure. */
  readonly reason?: string;
}

/** What happens. */
export type Effect =
  | { readonly kind: 'noise'; readonly lines: number }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'block'; readonly ms: number }
  | { readonly kind: 'hang' | 'stubborn' | 'crash' | 'stray' | 'degrade' }
  | { readonly kind: 'fail'; readonly code: ExitCode };

const FORM =
  'rules such as "monitor: fail=1 only=3 reason=disk gone; start: slow=2s", separated by semicolons';

/**
 * The rules of a text: `ACTION: EFFECT… [only=N|N-|N-M] [while=FILE] [reason=TEXT TO THE END]; …`.
 * @throws TypeError
 */
export function parseRules(text: string): readonly TroubleRule[] {
  return text
    .split(/[;\n]/)
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map(parseRule);
}

function parseRule(text: string): TroubleRule {
  const [, action = '', rest = ''] = /^([a-z][a-z_-]*|\*)\s*:\s*(.*)$/.exec(text) ?? [];
  if (action === '') {
    throw new TypeError(FORM);
  }
  const [, before = rest, reason] = /^(.*?)(?:^|\s)reason=(.*)$/.exec(rest) ?? [];
  const effects: Effect[] = [];
  const conditions: Pick<TroubleRule, 'only' | 'whileFile'>[] = [];
  for (const word of before.split(/\s+/).filter((each) => each !== '')) {
    const [, name = word, value = ''] = /^([a-z]+)=(.*)$/.exec(word) ?? [];
    if (name === 'only') {
      conditions.push({ only: parseOnly(value) });
    } else if (name === 'while' && value.startsWith('/')) {
      conditions.push({ whileFile: value });
    } else {
      effects.push(parseEffect(name, value, word));
    }
  }
  if (effects.length === 0) {
    throw new TypeError(`${FORM}; ${action} has no effect`);
  }
  return Object.assign({ action, effects }, ...conditions, reason === undefined ? {} : { reason });
}

function parseEffect(name: string, value: string, word: string): Effect {
  switch (name) {
    case 'noise':
      return { kind: name, lines: parseCount(value) };
    case 'slow':
    case 'block':
      return { kind: name, ms: parseDuration(value) };
    case 'fail':
      return { kind: name, code: parseCode(value) };
    case 'hang':
    case 'stubborn':
    case 'crash':
    case 'stray':
    case 'degrade':
      if (value === '') {
        return { kind: name };
      }
  }
  throw new TypeError(`${FORM}; there is no "${word}"`);
}

function parseCode(text: string): ExitCode {
  const code = Object.values(OCF).find((each) => String(each) === text);
  if (code === undefined || code === OCF.SUCCESS) {
    throw new TypeError(`${FORM}; a failure has one of the exit codes 1 to 9, 190 or 191`);
  }
  return code;
}

function parseCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) {
    throw new TypeError(`${FORM}; "${text}" is no number of up to six digits`);
  }
  return Number(text);
}

function parseOnly(text: string): NonNullable<TroubleRule['only']> {
  const [, first = '', dash, last = ''] = /^(\d{1,6})(-)?(\d{1,6})?$/.exec(text) ?? [];
  if (first === '' || (dash === undefined && last !== '')) {
    throw new TypeError(`${FORM}; only= is followed by 3, 3- or 3-5`);
  }
  const open = last === '' ? Number.POSITIVE_INFINITY : Number(last);
  return { first: Number(first), last: dash === undefined ? Number(first) : open };
}
