import { expect, it } from 'vitest';
import { statusWords } from '../../../src/native/certificate-status.ts';

it.each([
  { status: 34, words: 'revoked' },
  { status: 1026, words: 'expired' },
  { status: 514, words: 'not yet valid' },
  { status: 66, words: 'its signer is not a CA of ours' },
  { status: 2 | 32 | 1024, words: 'revoked, expired' },
  { status: 2, words: 'status 2' },
])('says of the status $status: $words', ({ status, words }) => {
  expect(statusWords(status)).toBe(words);
});
