/** Bits of `gnutls_certificate_status_t` and what they mean to a person; the first of them says "invalid" only. */
const WORDS: ReadonlyArray<readonly [bit: number, words: string]> = [
  [1 << 5, 'revoked'],
  [1 << 6, 'its signer is not a CA of ours'],
  [1 << 7, 'its signer is not a CA'],
  [1 << 8, 'an algorithm that is not secure'],
  [1 << 9, 'not yet valid'],
  [1 << 10, 'expired'],
  [1 << 11, 'its signature is wrong'],
  [1 << 12, 'the revocation list is out of date'],
  [1 << 15, 'the revocation list is from the future'],
  [1 << 16, 'its CA may not sign it'],
  [1 << 21, 'it demands something that is not known here'],
];

/** What is wrong with a certificate, in words, from the status bits of its verification. */
export function statusWords(status: number): string {
  const words = WORDS.filter(([bit]) => (status & bit) !== 0).map(([, text]) => text);
  return words.length > 0 ? words.join(', ') : `status ${status}`;
}
