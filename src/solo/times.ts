import { parseDuration } from '../config/duration.ts';

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const ISO_MS = [86_400_000, 3_600_000, 60_000, 1000] as const;

/**
 * A time such as `20`, `20s`, `1500ms`, `2min` or `PT20S`, in ms; undefined for what is none
 * [pcmk pcmk_parse_interval_spec].
 */
export function timeMs(text: string): number | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined) {
    return ms < 0 ? undefined : ms;
  }
  const iso = ISO.exec(text.trim());
  return iso === null || /^PT?$/.test(text.trim())
    ? undefined
    : ISO_MS.reduce((sum, unitMs, index) => sum + Number(iso[index + 1] ?? 0) * unitMs, 0);
}
