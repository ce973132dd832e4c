import type { Assertion, CharacterSet, Node } from './syntax.ts';

/** Steps of a pattern with its repetitions written out: `[a-z]{500}` takes 500. */
const MAX_STEPS = 5000;

/** One step of the search; numbers are places of steps. */
export type Step =
  | { readonly kind: 'match' }
  /** Goes on if the next character is of the set of this number. */
  | { readonly kind: 'set'; readonly set: number; readonly next: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion; readonly next: number }
  /** Goes on at all of them. */
  | { readonly kind: 'split'; readonly next: readonly number[] };

/** A pattern as steps: a nondeterministic automaton [Thompson 1968]. */
export interface Program {
  readonly steps: readonly Step[];
  readonly sets: readonly CharacterSet[];
  readonly start: number;
}

/**
 * Writes a pattern out.
 * @throws TypeError if it takes more than 5,000 steps
 */
export function compile(node: Node): Program {
  const builder = new Builder();
  const start = builder.add(node, builder.push({ kind: 'match' }));
  return { steps: builder.steps, sets: [...builder.sets.values()].map(({ set }) => set), start };
}

class Builder {
  readonly steps: Step[] = [];
  readonly sets = new Map<string, { readonly number: number; readonly set: CharacterSet }>();

  push(step: Step): number {
    if (this.steps.length >= MAX_STEPS) {
      throw new TypeError(
        `a regular expression of at most ${MAX_STEPS} steps with its repetitions written out`,
      );
    }
    return this.steps.push(step) - 1;
  }

  /** Adds what goes on at `next`, and returns where it starts. */
  add(node: Node, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'set':
        return this.push({ kind: 'set', set: this.#number(node.set), next });
      case 'assertion':
        return this.push({ kind: 'assertion', assertion: node.assertion, next });
      case 'sequence':
        return node.nodes.reduceRight((after, part) => this.add(part, after), next);
      case 'choice':
        return node.nodes.length === 1
          ? node.nodes.reduce((_, part) => this.add(part, next), next)
          : this.push({ kind: 'split', next: node.nodes.map((part) => this.add(part, next)) });
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #repeat({ node, min, max }: Extract<Node, { kind: 'repeat' }>, next: number): number {
    let start = next;
    if (max === undefined) {
      const targets: number[] = [];
      start = this.push({ kind: 'split', next: targets });
      targets.push(this.add(node, start), next);
    } else {
      for (let count = min; count < max; count += 1) {
        start = this.push({ kind: 'split', next: [this.add(node, start), next] });
      }
    }
    for (let count = 0; count < min; count += 1) {
      const before = this.add(node, start);
      if (before === start) {
        break; // what takes no step takes none however often
      }
      start = before;
    }
    return start;
  }

  #number(set: CharacterSet): number {
    const known = this.sets.get(set.name);
    if (known !== undefined) {
      return known.number;
    }
    const number = this.sets.size;
    this.sets.set(set.name, { number, set });
    return number;
  }
}
