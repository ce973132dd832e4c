/** What was measured and seen of one agent, by name; the names are the table's lines. */
export class Figures {
  readonly seconds = new Map<string, number[]>();
  readonly notes = new Map<string, string>();

  add(name: string, milliseconds: number): void {
    const values = this.seconds.get(name) ?? [];
    values.push(Math.round(milliseconds) / 1000);
    this.seconds.set(name, values);
  }

  /** An outcome that is no number: what the cluster did. */
  note(name: string, outcome: string): void {
    this.notes.set(name, outcome);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
