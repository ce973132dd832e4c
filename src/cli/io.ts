import type { Clock } from '../observe/clock.ts';

/** Where text goes. */
export interface Output {
  write(text: string | Buffer): void;
  /** Its width if it is a terminal that understands control sequences, asked for each time; undefined: it is none. */
  readonly columns?: () => number;
  readonly hasColours: boolean;
}

/** Everything that a command has to do with outside of it; tests bring their own. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly out: Output;
  readonly err: Output;
  readonly clock: Clock;
  /** Aborted when the user or the system wants an end, or nobody reads the output any more. */
  readonly signal: AbortSignal;
}

type Environment = Io['env'];

/** The streams and signals of this process. A second signal ends it at once. */
export function processIo(clock: Clock): Io {
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      ended.abort(name);
      // Who asks twice does not want to wait: the kernel ends what is in sandboxes.
      process.once(name, () => process.exit(name === 'SIGINT' ? 130 : 143));
    });
  }
  return {
    env: process.env,
    cwd: process.cwd(),
    out: streamOutput(process.stdout, process.env, ended),
    err: streamOutput(process.stderr, process.env, ended),
    clock,
    signal: ended.signal,
  };
}

function streamOutput(stream: NodeJS.WriteStream, env: Environment, ended: AbortController): Output {
  // Whoever read it has gone (`| head`): there is nothing left to do, and nobody to tell.
  stream.on('error', () => ended.abort('EPIPE'));
  const isTerminal = stream.isTTY && env['TERM'] !== 'dumb';
  return {
    write: (text) => stream.write(text),
    hasColours: isTerminal && (env['NO_COLOR'] ?? '') === '',
    ...(isTerminal ? { columns: () => stream.columns } : {}),
  };
}
