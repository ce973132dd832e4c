import type { GnutlsLibrary } from './gnutls-library.ts';
import { gnutlsLibrary } from './gnutls-library.ts';
import type { Pointer } from './koffi.ts';
import type { MemoryTransport } from './memory-transport.ts';
import type { PskLookup, PskRefusal } from './secure-session.ts';

const EAGAIN = 11;
/** Result for GnuTLS: the callback could not do its work. Never 0, which means success or end of stream. */
const FAILED = -1;
/** Offset of `size` in gnutls_datum_t, behind the pointer. */
const DATUM_SIZE_AT = 8;

/** What the callbacks need of a session. They find it by the number that GnuTLS keeps as its transport pointer. */
export interface CallbackTarget {
  readonly handle: Pointer;
  readonly transport: MemoryTransport;
  readonly lookup: PskLookup | undefined;
  keyGiven: boolean;
  keyName: string | undefined;
  refusal: PskRefusal | undefined;
  /** What a callback threw; the session is lost then. */
  thrown: unknown;
}

/** Sessions by number. */
export const targets = new Map<number, CallbackTarget>();

interface Callbacks {
  readonly pull: Pointer;
  readonly push: Pointer;
  readonly psk: Pointer;
}

let registered: Callbacks | undefined;

/** The C pointers of the three callbacks, registered once in the life of the process (tls.md 3.3). */
export function callbacks(): Callbacks {
  registered ??= register(gnutlsLibrary());
  return registered;
}

function register(library: GnutlsLibrary): Callbacks {
  const api = library.koffi;
  const io = api.pointer(api.proto('long', ['intptr_t', 'void *', 'size_t']));
  const psk = api.pointer(api.proto('int', ['void *', 'void *', 'void *']));
  return {
    pull: api.register((id: number, into: Pointer, bytes: number) => pull(library, id, into, bytes), io),
    push: api.register((id: number, from: Pointer, bytes: number) => push(library, id, from, bytes), io),
    psk: api.register(
      (session: Pointer, identity: Pointer, datum: Pointer) => giveKey(library, session, identity, datum),
      psk,
    ),
  };
}

function pull(library: GnutlsLibrary, id: number, into: Pointer, bytes: number): number {
  const target = targets.get(Number(id));
  if (target === undefined) {
    return 0;
  }
  return guarded(target, () => {
    const piece = target.transport.pull(Number(bytes));
    if (piece !== undefined) {
      library.memcpy(into, piece, piece.length);
      return piece.length;
    }
    if (target.transport.ended) {
      return 0;
    }
    library.gnutls_transport_set_errno(target.handle, EAGAIN);
    return FAILED;
  });
}

function push(library: GnutlsLibrary, id: number, from: Pointer, bytes: number): number {
  const target = targets.get(Number(id));
  if (target === undefined) {
    return FAILED;
  }
  return guarded(target, () => {
    const copy = Buffer.allocUnsafe(Number(bytes));
    library.memcpy(copy, from, copy.length);
    target.transport.push(copy);
    return copy.length;
  });
}

function giveKey(library: GnutlsLibrary, session: Pointer, identity: Pointer, datum: Pointer): number {
  const target = targets.get(Number(library.gnutls_transport_get_ptr(session)));
  if (target?.lookup === undefined) {
    return FAILED;
  }
  const lookup = target.lookup;
  return guarded(target, () => {
    // Decoded in here and not by koffi on the way in, where a failure would count as a result of 0.
    const found = lookup(library.koffi.decode.string(identity));
    if (found === 'identity' || found === 'no-key') {
      target.refusal = found;
      return FAILED;
    }
    const memory = library.malloc(found.byteLength);
    if (memory === null) {
      return FAILED;
    }
    library.memcpy(memory, found.expose(), found.byteLength);
    library.koffi.encode(datum, 'void *', memory);
    library.koffi.encode(datum, DATUM_SIZE_AT, 'unsigned int', found.byteLength);
    target.keyGiven = true;
    target.keyName = found.name;
    return 0;
  });
}

// An exception that reached C would count as a result of 0: success for a key, end of stream for a read.
function guarded(target: CallbackTarget, work: () => number): number {
  try {
    return work();
  } catch (thrown) {
    target.thrown ??= thrown;
    return FAILED;
  }
}
