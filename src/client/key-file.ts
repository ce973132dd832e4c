import { readFile } from 'node:fs/promises';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { Secret } from '../errors/secret.ts';
import { keyFingerprint } from '../transport/key-fingerprint.ts';

/**
 * Reads a pre-shared key. Its name is its fingerprint.
 * @throws AgentError CONFIG_INVALID
 */
export async function readKeyFile(path: string): Promise<Secret> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw keyError(path, messageOf(cause), cause);
  });
  if (bytes.length === 0) {
    throw keyError(path, 'an empty file');
  }
  return new Secret(bytes, keyFingerprint(bytes));
}

function keyError(path: string, got: string, cause?: unknown): AgentError {
  const message = `Expected --authkey to be the key of the daemon, got ${got} (${path})`;
  return new AgentError('CONFIG_INVALID', message, { labels: ['config'], cause });
}
