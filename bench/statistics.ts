/** Nearest-rank percentile, as lrmd-bench computes it; `share` in 0..1. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length - 1e-6));
  const value = sorted[Math.min(rank, sorted.length) - 1];
  if (value === undefined) {
    throw new RangeError('Expected at least one value');
  }
  return value;
};

/** The middle value; the mean of the two middle ones of an even count. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) {
    throw new RangeError('Expected at least one value');
  }
  return (upper + lower) / 2;
};
