import type { ExitStatus } from '../../../src/cli/exit-status.ts';
import type { Io, Output } from '../../../src/cli/io.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

/** What a command line did. */
export interface Did {
  readonly status: ExitStatus;
  readonly out: string;
  readonly err: string;
}

/** An output that keeps what it gets. */
export class KeptOutput implements Output {
  text = '';
  readonly hasColours: boolean = false;

  write(text: string): void {
    this.text += text;
  }
}

/** Runs a command line in here. */
export async function bundlet(args: readonly string[], over: Partial<Io> = {}): Promise<Did> {
  const out = new KeptOutput();
  const err = new KeptOutput();
  const io: Io = {
    env: {},
    cwd: '/',
    out,
    err,
    clock: new FakeClock(),
    signal: new AbortController().signal,
    ...over,
  };
  const status = await runProgram(args, io);
  return { status, out: out.text, err: err.text };
}
