import { Alphabet, type Kind } from './alphabet.ts';
import type { Program, Step } from './program.ts';
import type { Assertion } from './syntax.ts';

/** What is on one side of a place in a line. */
type Side = 'nothing' | 'word' | 'other';

/** Where the search may be after a character: a state of the deterministic automaton, made when first come to. */
interface State {
  /** What came last. */
  readonly before: Side;
  /** Steps to go on from, in order, besides the start. */
  readonly steps: readonly number[];
  /** By the number of the next character's kind. */
  readonly next: (State | undefined)[];
}

/** States that are kept; when there are more, all are forgotten. */
const MAX_STATES = 1000;
/** Steps that may be looked at to make new states in one search: tens of milliseconds, as 1 MiB takes 10 ms. */
const MAX_WORK = 1_000_000;
/** What making a state costs, however few its steps. */
const STATE_WORK = 20;

const END: Kind = { number: 0, isWord: false, isIn: [] };
const FOUND: State = { before: 'nothing', steps: [], next: [] };

const HOLDS: Readonly<Record<Assertion, (before: Side, after: Side) => boolean>> = {
  'line-start': (before) => before === 'nothing',
  'line-end': (_, after) => after === 'nothing',
  'word-start': (before, after) => before !== 'word' && after === 'word',
  'word-end': (before, after) => before === 'word' && after !== 'word',
  boundary: (before, after) => (before === 'word') !== (after === 'word'),
  'no-boundary': (before, after) => (before === 'word') === (after === 'word'),
};

/**
 * Looks for a pattern in lines. Each character costs one look into a table, but for those that lead to a place of the
 * automaton where the search has not been yet.
 */
export class Search {
  readonly #steps: readonly Step[];
  readonly #start: number;
  readonly #alphabet: Alphabet;
  readonly #first: State = { before: 'nothing', steps: [], next: [] };
  readonly #states = new Map<string, State>();
  /** By step: the turn in which it was looked at, and in which it was come to. */
  readonly #seen: Uint32Array;
  readonly #reached: Uint32Array;
  #turn = 0;
  #work = 0;

  constructor({ steps, sets, start }: Program) {
    this.#steps = steps;
    this.#start = start;
    this.#alphabet = new Alphabet(sets);
    this.#seen = new Uint32Array(steps.length);
    this.#reached = new Uint32Array(steps.length);
  }

  /** @throws RangeError where it would take too long */
  test(text: string): boolean {
    this.#work = 0;
    let state = this.#first;
    for (let at = 0; at < text.length; at += 1) {
      let code = text.charCodeAt(at);
      if (code === 0x0a) {
        if (this.#after(state, END) === FOUND) {
          return true;
        }
        state = this.#first;
        continue;
      }
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at) ?? code;
        at += code > 0xffff ? 1 : 0;
      }
      state = this.#after(state, this.#alphabet.kindOf(code));
      if (state === FOUND) {
        return true;
      }
    }
    // A line feed ends the last line; nothing has no line at all.
    return text !== '' && !text.endsWith('\n') && this.#after(state, END) === FOUND;
  }

  #after(state: State, kind: Kind): State {
    const known = state.next[kind.number];
    if (known !== undefined) {
      return known;
    }
    const made = this.#make(state, kind);
    state.next[kind.number] = made;
    return made;
  }

  #make(state: State, kind: Kind): State {
    const after: Side = kind === END ? 'nothing' : kind.isWord ? 'word' : 'other';
    const steps = this.#reach(state, kind, after);
    if (steps === undefined) {
      return FOUND;
    }
    // Numbers of steps are below 0xffff: one character each.
    const name = after + String.fromCharCode(...steps);
    const known = this.#states.get(name);
    if (known !== undefined) {
      return known;
    }
    if (this.#states.size >= MAX_STATES) {
      this.#states.clear();
      this.#first.next.length = 0;
    }
    const made: State = { before: after, steps, next: [] };
    this.#states.set(name, made);
    return made;
  }

  /** The steps behind the next character; undefined if the pattern is found before it. */
  #reach({ before, steps }: State, kind: Kind, after: Side): number[] | undefined {
    this.#turn += 1;
    const reached: number[] = [];
    const open = [this.#start, ...steps];
    this.#work += STATE_WORK;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#seen[at] === this.#turn) {
        continue;
      }
      this.#seen[at] = this.#turn;
      this.#work += 1;
      const step = this.#steps[at] as Step;
      if (step.kind === 'match') {
        return undefined;
      }
      if (step.kind === 'split') {
        open.push(...step.next);
      } else if (step.kind === 'assertion') {
        if (HOLDS[step.assertion](before, after)) {
          open.push(step.next);
        }
      } else if (kind.isIn[step.set] && this.#reached[step.next] !== this.#turn) {
        this.#reached[step.next] = this.#turn;
        reached.push(step.next);
      }
    }
    if (this.#work > MAX_WORK) {
      throw new RangeError('Expected a regular expression that is found in time, got one that is too costly');
    }
    return reached.sort((one, other) => one - other);
  }
}
