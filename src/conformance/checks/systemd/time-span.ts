/** Units of time as systemd prints them, in ms [systemd.time(7)]. */
const UNIT_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
};

/** A time span as `systemctl show` prints it, in ms: `1min 30s`, `infinity`; undefined for what is none. */
export function timeSpanMs(text: string): number | undefined {
  if (text === 'infinity') {
    return Number.POSITIVE_INFINITY;
  }
  const parts = text.split(' ').map((part) => {
    const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(part) ?? [];
    return Number(count) * (UNIT_MS[unit] ?? Number.NaN);
  });
  const sum = parts.reduce((total, ms) => total + ms, 0);
  return text === '0' ? 0 : Number.isNaN(sum) ? undefined : sum;
}
