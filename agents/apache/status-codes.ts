/** Which status codes of an answer are a success. */
export interface StatusCodes {
  readonly text: string;
  has(status: number): boolean;
  /** A redirect may be the answer, and must not be followed. */
  readonly hasRedirect: boolean;
}

/**
 * Reads `2xx` or `200 401 30x`.
 * @throws TypeError
 */
export function parseStatusCodes(text: string): StatusCodes {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !/^[1-5](\d\d|\dx|xx)$/i.test(word));
  if (words.length === 0 || wrong !== undefined) {
    throw new TypeError('status codes such as 2xx or 200 401 30x');
  }
  const all = new RegExp(`^(${words.map((word) => word.replace(/x/gi, '\\d')).join('|')})$`);
  return {
    text: words.join(' '),
    has: (status) => all.test(String(status)),
    hasRedirect: words.some((word) => word.startsWith('3')),
  };
}
