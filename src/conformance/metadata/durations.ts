/** Units of times in metadata, in ms. A time without one is in seconds [OCF-1.1 action timings; pcmk crm_get_msec]. */
const UNITS_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  usec: 0.001,
  ms: 1,
  msec: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  d: 86_400_000,
};

/** A time as metadata has it, such as `20`, `20s`, `500ms`, in ms; undefined for what is none. */
export function durationMs(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^\s*(\d{1,12})\s*([a-z]*)\s*$/.exec(text ?? '') ?? [];
  const factor = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit] : undefined;
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor);
}
