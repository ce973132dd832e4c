/** Values of attributes, decoded once at the border. */

const INTEGER = /^[+-]?\d{1,15}$/;

/** A whole number; `absent` if there is none, undefined if it is something else. */
export function readInteger(text: string | undefined, absent = 0): number | undefined {
  if (text === undefined) {
    return absent;
  }
  return INTEGER.test(text.trim()) ? Number.parseInt(text, 10) : undefined;
}

/** Compares versions as numbers separated by dots: negative, 0 or positive. Missing parts count as 0. */
export function compareVersions(one: string, other: string): number {
  const left = one.split('.');
  const right = other.split('.');
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = Number.parseInt(left[index] ?? '0', 10) - Number.parseInt(right[index] ?? '0', 10);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** A text for an attribute, left out when it is empty or absent. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
