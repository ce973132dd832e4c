import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml';
import { AgentError } from '../../errors/agent-error.ts';
import { CASES_LIMITS } from './limits.ts';

/** Something that is wrong with a file, and where: line and column from 1. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One file on its way: keeps what is wrong with it, so that all of it is told at once. */
export class Reading {
  readonly faults: Fault[] = [];
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** What should stand at a place, where something else does. */
  expected(what: string, node: unknown, seen: string = describeNode(node)): undefined {
    return this.wrong(`Expected ${what}, got ${seen}`, node);
  }

  /** The same in words of one's own. */
  wrong(message: string, node: unknown): undefined {
    return this.wrongAt(message, (node as Node | null)?.range?.[0] ?? 0);
  }

  /** `offset` counts characters from the file's beginning. */
  wrongAt(message: string, offset: number): undefined {
    const { line, col } = this.#lines.linePos(offset);
    // An empty file has no line.
    this.faults.push({ line: Math.max(1, line), column: Math.max(1, col), message });
    return undefined;
  }

  /** All that is wrong, in the order of the lines, one a line, as compilers tell it. */
  toError(file: string): AgentError {
    const sorted = this.faults.toSorted((one, other) => one.line - other.line || one.column - other.column);
    const told = sorted.slice(0, CASES_LIMITS.faults);
    const lines = told.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    const more = sorted.length - told.length;
    return new AgentError(
      'CASES_INVALID',
      [...lines, ...(more === 0 ? [] : [`${file}: and ${more} more`])].join('\n'),
      { labels: ['config'], details: { file, faults: sorted.length } },
    );
  }
}

/** What a node is, for people. */
export function describeNode(node: unknown): string {
  if (isMap(node)) {
    return 'a map';
  }
  if (isSeq(node)) {
    return 'a list';
  }
  if (isAlias(node)) {
    return 'an alias';
  }
  if (!isScalar(node) || node.value === null) {
    return 'nothing';
  }
  const text = JSON.stringify(String(node.source ?? node.value));
  return text.length > 60 ? `${text.slice(0, 56)}…"` : text;
}
