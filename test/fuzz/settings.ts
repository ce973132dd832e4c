// How the random tests run. When one fails, fast-check prints `{ seed: …, path: "…" }` and the smallest case it found;
// the same run again:
//
//   BUNDLET_FUZZ_SEED=… BUNDLET_FUZZ_PATH=… vitest run test/fuzz/FILE -t 'NAME OF THE TEST'
//
// and with BUNDLET_FUZZ_RUNS=100000 they go on for longer.
import type { Parameters } from 'fast-check';
import { vi } from 'vitest';

// A limit for a run that hangs, not a measure: a slow machine may take its time.
vi.setConfig({ testTimeout: 600_000 });

/** `runs`: how many cases, so that the file stays quick. */
export function settings(runs: number): Parameters<unknown> {
  const { BUNDLET_FUZZ_SEED: seed, BUNDLET_FUZZ_PATH: path, BUNDLET_FUZZ_RUNS: more } = process.env;
  return {
    numRuns: more === undefined ? runs : Number(more),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  };
}
