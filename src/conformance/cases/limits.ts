/** How much a file of cases may hold: far beyond what people write, far below what hurts. Characters, except where it says otherwise. */
export const CASES_LIMITS = {
  fileBytes: 256 * 1024,
  /** Maps and lists in one another; the format has seven. */
  depth: 16,
  text: 16 * 1024,
  name: 64,
  instances: 16,
  parameters: 256,
  cases: 200,
  steps: 200,
  list: 200,
  /** A step longer than this would be beyond any check's time. */
  withinMs: 600_000,
  /** Faults that one message tells of. */
  faults: 10,
} as const;
