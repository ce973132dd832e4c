import { crypto } from '../native/crypto.ts';

const FINGERPRINT_DIGITS = 16;

/** What a key is called where it must not be shown: the same at both ends if the keys are. */
export function keyFingerprint(bytes: Buffer): string {
  return crypto().createHash('sha256').update(bytes).digest('hex').slice(0, FINGERPRINT_DIGITS);
}
