import { AgentError } from '../errors/agent-error.ts';
import { gnutlsLibrary, type OutPointer } from './gnutls-library.ts';
import type { Pointer } from './koffi.ts';

/** Parsed strings. A process uses one or two, so they are kept for its life. */
const parsed = new Map<string, Pointer>();

/**
 * A GnuTLS priority string, parsed once a process.
 *
 * @throws AgentError TLS_PRIORITIES_INVALID with the string and the position of the error, GNUTLS_MISSING
 */
export function priorities(text: string): Pointer {
  let found = parsed.get(text);
  if (found === undefined) {
    found = parse(text);
    parsed.set(text, found);
  }
  return found;
}

function parse(text: string): Pointer {
  const library = gnutlsLibrary();
  const out: OutPointer = [null];
  const errorAt: OutPointer = [null];
  // A Buffer of ours instead of a string, because the error position is a pointer into it.
  const input = Buffer.from(`${text}\0`);
  const code = library.gnutls_priority_init(out, input, errorAt);
  if (code >= 0 && out[0] !== null) {
    return out[0];
  }
  const offset = errorAt[0] === null ? -1 : Number(errorAt[0] - library.koffi.address(input));
  const known = offset >= 0 && offset < input.length;
  const where = known ? ` at position ${offset} ("${input.toString('utf8', offset, input.length - 1)}")` : '';
  const why = `${library.gnutls_strerror(code)}${where}`;
  throw new AgentError(
    'TLS_PRIORITIES_INVALID',
    `GnuTLS does not take the priority string "${text}": ${why}; see gnutls-cli --priority STRING --list`,
    { labels: ['fatal', 'config'], details: { code, ...(known ? { offset } : {}) } },
  );
}
