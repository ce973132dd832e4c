/** A span as people read it: `850ms`, `12s`, `3m20s`, `5h4m`, `3d2h`. */
export function span(ms: number): string {
  if (ms < 1000) {
    return `${Math.max(0, Math.round(ms))}ms`;
  }
  const seconds = Math.floor(ms / 1000);
  if (seconds < 10) {
    return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')}s`;
  }
  const units: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = units.findIndex(([count]) => count > 0);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}

/** How long ago; clocks of two machines may differ. */
export const ago = (atMs: number, nowMs: number): string => `${span(Math.max(0, nowMs - atMs))} ago`;

/** An interval as Pacemaker's tools write it: `10s`, `500ms`. */
export const interval = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);

/** Time of the day with milliseconds, UTC. */
export const clockTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 23);
