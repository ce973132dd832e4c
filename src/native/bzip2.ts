import { AgentError, messageOf } from '../errors/agent-error.ts';
import { koffi } from './koffi.ts';

// Debian has both names; RHEL, SUSE and Alpine only the second.
const LIBRARIES = ['libbz2.so.1.0', 'libbz2.so.1'];
const BZ_OK = 0;
const BZ_OUTBUFF_FULL = -8;

type Decompress = (
  out: Buffer,
  outBytes: Buffer,
  input: Buffer,
  inputBytes: number,
  small: number,
  verbosity: number,
) => number;

let decompressBuffer: Decompress | undefined;

/**
 * Expands one bzip2 stream with the system's libbz2, which is loaded at the first call.
 *
 * @param expectedBytes what the sender said; the caller has checked it against its limit.
 * @throws AgentError FRAME_INVALID when the stream is broken, does not give exactly `expectedBytes`, or libbz2 is
 *   not there.
 */
export function decompress(input: Buffer, expectedBytes: number): Buffer {
  const library = load();
  // libbz2 must have room for at least one byte, also where nothing is expected.
  const out = Buffer.alloc(Math.max(1, expectedBytes));
  const produced = new Uint32Array([out.length]);
  const code = library(out, Buffer.from(produced.buffer), input, input.length, 0, 0);
  const bytes = produced[0] ?? 0;
  if (code === BZ_OK && bytes === expectedBytes) {
    return out.subarray(0, expectedBytes);
  }
  const got = code === BZ_OK ? `${bytes} bytes` : code === BZ_OUTBUFF_FULL ? 'more' : `libbz2 error ${code}`;
  throw invalid(`Expected a bzip2 payload of ${expectedBytes} bytes once expanded, got ${got}`);
}

function load(): Decompress {
  let cause: unknown;
  for (const name of LIBRARIES) {
    if (decompressBuffer !== undefined) {
      break;
    }
    try {
      decompressBuffer = koffi()
        .load(name)
        .func(
          'int BZ2_bzBuffToBuffDecompress(void *out, void *outBytes, void *in, unsigned int inBytes, int small, int verbosity)',
        ) as Decompress;
    } catch (thrown) {
      cause = thrown;
    }
  }
  if (decompressBuffer === undefined) {
    throw invalid(`A compressed payload came, but libbz2 cannot be loaded: ${messageOf(cause)}`, cause);
  }
  return decompressBuffer;
}

function invalid(message: string, cause?: unknown): AgentError {
  return new AgentError('FRAME_INVALID', message, { labels: ['peer-fault'], cause });
}
