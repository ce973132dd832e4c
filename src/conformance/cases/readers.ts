import { isMap, isNode, isScalar, isSeq, Scalar } from 'yaml';
import { didYouMean } from '../../config/did-you-mean.ts';
import { CASES_LIMITS } from './limits.ts';
import { describeNode, type Reading } from './reading.ts';

/** Reads one node. `path` names it for people: `cases[0].steps[1].rc`. Undefined: it was wrong, which has been said. */
export type Reader<T> = (node: unknown, path: string, reading: Reading) => T | undefined;

/** A scalar as it is written: `8080`, `0644` and `yes` are text where text is wanted. */
export function text(what = 'text', limit: number = CASES_LIMITS.text): Reader<string> {
  return (node, path, reading) => {
    if (!isScalar(node) || node.value === null) {
      const hint = isScalar(node) || node === null ? "; '' is the empty text" : '';
      return reading.wrong(`Expected ${path} to be ${what}, got ${describeNode(node)}${hint}`, node);
    }
    const value = String(node.source ?? node.value);
    if (value.includes('\0')) {
      return reading.wrong(`Expected ${path} without a NUL, which no program can be given, got one`, node);
    }
    return value.length > limit
      ? reading.expected(`${path} to have at most ${limit} characters`, node, String(value.length))
      : value;
  };
}

/** Text that a pattern describes; `what` says how for people. */
export function matching(pattern: RegExp, what: string, limit?: number): Reader<string> {
  const read = text(what, limit);
  return (node, path, reading) => {
    const value = read(node, path, reading);
    return value === undefined || pattern.test(value)
      ? value
      : reading.expected(`${path} to be ${what}`, node);
  };
}

/** One of some words. */
export function word<const T extends string>(words: readonly T[]): Reader<T> {
  return (node, path, reading) =>
    words.find((each) => isScalar(node) && node.value === each) ??
    reading.expected(`${path} to be ${words.join(' or ')}`, node);
}

/** A whole number. */
export function integer(min: number, max: number): Reader<number> {
  return (node, path, reading) => {
    const value = isScalar(node) ? node.value : undefined;
    return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? value
      : reading.expected(`${path} to be a whole number from ${min} to ${max}`, node);
  };
}

export const boolean: Reader<boolean> = (node, path, reading) =>
  isScalar(node) && typeof node.value === 'boolean'
    ? node.value
    : reading.expected(`${path} to be true or false`, node);

/** A list; one that is empty says nothing, and is a mistake. */
export function list<T>(
  what: string,
  read: Reader<T>,
  limit: number = CASES_LIMITS.list,
): Reader<readonly T[]> {
  return (node, path, reading) => {
    if (!isSeq(node) || node.items.length === 0 || node.items.length > limit) {
      const seen = isSeq(node) ? String(node.items.length) : describeNode(node);
      return reading.expected(`${path} to be a list of 1 to ${limit} ${what}`, node, seen);
    }
    return node.items.flatMap((item, index) => read(item, `${path}[${index}]`, reading) ?? []);
  };
}

/** A list, or what would be its only item. */
export function oneOrList<T>(what: string, read: Reader<T>): Reader<readonly T[]> {
  const many = list(what, read);
  return (node, path, reading) => {
    if (isSeq(node)) {
      return many(node, path, reading);
    }
    const value = read(node, path, reading);
    return value === undefined ? undefined : [value];
  };
}

/** A map with keys of the author's choice. */
export function record<T>(key: RegExp, what: string, read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (node, path, reading) => {
    if (!isMap(node) || node.items.length > CASES_LIMITS.parameters) {
      const seen = isMap(node) ? String(node.items.length) : describeNode(node);
      return reading.expected(
        `${path} to be a map of at most ${CASES_LIMITS.parameters} ${what}`,
        node,
        seen,
      );
    }
    const entries = node.items.flatMap((pair): [string, T][] => {
      const name = keyOf(pair);
      if (!key.test(name)) {
        reading.expected(`the keys of ${path} to be ${what}`, pair.key, JSON.stringify(name));
        return [];
      }
      const value = read(pair.value ?? nothingAt(pair.key), `${path}.${name}`, reading);
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(entries);
  };
}

/** What is known of a map's own keys. */
export interface Fields<T> {
  readonly fields: { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> };
  readonly required?: readonly (keyof T & string)[];
  /** What else must hold of the whole; tells through `wrong` what does not. */
  readonly check?: (value: Partial<T>, wrong: (message: string) => void, path: string) => void;
}

/** A map with known keys, and no others. */
export function map<T>(what: string, { fields, required = [], check }: Fields<T>): Reader<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (node, path, reading) => {
    if (!isMap(node)) {
      return reading.expected(`${path} to be ${what}: a map with ${names.join(', ')}`, node);
    }
    const before = reading.faults.length;
    const value: Partial<T> = {};
    for (const pair of node.items) {
      const name = keyOf(pair);
      const known = names.find((each) => each === name);
      if (known === undefined) {
        const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
        reading.expected(`only known keys in ${path}`, pair.key, `${JSON.stringify(name)}${hint}`);
        continue;
      }
      const read: Reader<T[typeof known] | undefined> = fields[known];
      const item = read(pair.value ?? nothingAt(pair.key), within(path, known), reading);
      if (item !== undefined) {
        value[known] = item;
      }
    }
    for (const name of required) {
      if (!node.has(name)) {
        reading.wrong(`Expected ${within(path, name)}, got none`, node);
      }
    }
    // What follows from a mistake is none of its own.
    if (reading.faults.length === before) {
      check?.(value, (message) => reading.wrong(message, node), path);
    }
    return value as T;
  };
}

/** `stringKeys` of the parser: all of them are. */
function keyOf({ key }: { readonly key: unknown }): string {
  return isScalar(key) ? String(key.source ?? key.value) : '';
}

/** What stands for a value that is not there, as in `{ key }`. */
function nothingAt(key: unknown): Scalar {
  const nothing = new Scalar(null);
  nothing.range = (isNode(key) ? key.range : undefined) ?? null;
  return nothing;
}

const within = (path: string, name: string): string => (path === TOP ? name : `${path}.${name}`);

/** How the file as a whole is called. */
export const TOP = 'the file';
