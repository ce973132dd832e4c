import { AgentError, messageOf } from '../errors/agent-error.ts';
import { koffi } from './koffi.ts';

// Debian has both names; RHEL, SUSE and Alpine only the second.
const LIBRARIES = ['libbz2.so.1.0', 'libbz2.so.1'];
const BZ_OK = 0;
const BZ_OUTBUFF_FULL = -8;

/** As Pacemaker compresses; any stream is read. */
const BLOCK_SIZE_100K = 4;
const WORK_FACTOR = 20;

type Decompress = (
  out: Buffer,
  outBytes: Buffer,
  input: Buffer,
  inputBytes: number,
  small: number,
  verbosity: number,
) => number;

type Compress = (
  out: Buffer,
  outBytes: Buffer,
  input: Buffer,
  inputBytes: number,
  blockSize: number,
  verbosity: number,
  workFactor: number,
) => number;

interface Library {
  readonly compress: Compress;
  readonly decompress: Decompress;
}

let loaded: Library | undefined;

/**
 * Expands one bzip2 stream with the system's libbz2, which is loaded at the first call.
 *
 * @param expectedBytes what the sender said; the caller has checked it against its limit.
 * @throws AgentError FRAME_INVALID when the stream is broken, does not give exactly `expectedBytes`, or libbz2 is
 *   not there.
 */
export function decompress(input: Buffer, expectedBytes: number): Buffer {
  const library = load('A compressed payload came');
  // libbz2 must have room for at least one byte, also where nothing is expected.
  const out = Buffer.alloc(Math.max(1, expectedBytes));
  const produced = new Uint32Array([out.length]);
  const code = library.decompress(out, Buffer.from(produced.buffer), input, input.length, 0, 0);
  const bytes = produced[0] ?? 0;
  if (code === BZ_OK && bytes === expectedBytes) {
    return out.subarray(0, expectedBytes);
  }
  const got = code === BZ_OK ? `${bytes} bytes` : code === BZ_OUTBUFF_FULL ? 'more' : `libbz2 error ${code}`;
  throw invalid(`Expected a bzip2 payload of ${expectedBytes} bytes once expanded, got ${got}`);
}

/**
 * Packs bytes as one bzip2 stream, as Pacemaker up to 3.0.0 sends large local messages [protocol 6.6].
 *
 * @param input at least one byte
 * @returns undefined when it would take more than `limitBytes`
 * @throws AgentError FRAME_INVALID when libbz2 is not there
 */
export function compress(input: Buffer, limitBytes: number): Buffer | undefined {
  const library = load('A message must be compressed');
  // libbz2 must have room for at least one byte; no stream is as short.
  const out = Buffer.alloc(Math.max(1, limitBytes));
  const produced = new Uint32Array([out.length]);
  const length = Buffer.from(produced.buffer);
  const code = library.compress(out, length, input, input.length, BLOCK_SIZE_100K, 0, WORK_FACTOR);
  if (code === BZ_OUTBUFF_FULL) {
    return undefined;
  }
  if (code !== BZ_OK) {
    throw invalid(`Expected libbz2 to compress ${input.length} bytes, got libbz2 error ${code}`);
  }
  return out.subarray(0, produced[0]);
}

function load(why: string): Library {
  let cause: unknown;
  for (const name of LIBRARIES) {
    if (loaded !== undefined) {
      break;
    }
    try {
      loaded = open(name);
    } catch (thrown) {
      cause = thrown;
    }
  }
  if (loaded === undefined) {
    throw invalid(`${why}, but libbz2 cannot be loaded: ${messageOf(cause)}`, cause);
  }
  return loaded;
}

function open(name: string): Library {
  const library = koffi().load(name);
  return {
    decompress: library.func(
      'int BZ2_bzBuffToBuffDecompress(void *out, void *outBytes, void *in, unsigned int inBytes, int small, int verbosity)',
    ) as Decompress,
    compress: library.func(
      'int BZ2_bzBuffToBuffCompress(void *out, void *outBytes, void *in, unsigned int inBytes, int blockSize, int verbosity, int workFactor)',
    ) as Compress,
  };
}

function invalid(message: string, cause?: unknown): AgentError {
  return new AgentError('FRAME_INVALID', message, { labels: ['peer-fault'], cause });
}
