import { isAbsolute, resolve } from 'node:path';
import { makeReporter } from '../conformance/output/formats.ts';
import type { Reporter, View } from '../conformance/output/reporter.ts';
import type { RunEvent } from '../conformance/result.ts';
import type { OutputWish } from './conformance-outputs.ts';
import type { ConformanceRequest } from './conformance-request.ts';
import { FileOutput } from './file-output.ts';
import type { Io } from './io.ts';

/** GitHub takes no more than 1 MiB, and then nothing at all. */
const SUMMARY_LIMIT_BYTES = 1_000_000;

/** Everywhere that results go: what is shown, files, the summary of a job of GitHub Actions. */
export class Results {
  readonly #reporters: readonly Reporter[];
  readonly #files: readonly FileOutput[];

  private constructor(reporters: readonly Reporter[], files: readonly FileOutput[]) {
    this.#reporters = reporters;
    this.#files = files;
  }

  /** Opens all of it. @throws AgentError CONFIG_INVALID for a file that can't be made */
  static async open(request: ConformanceRequest, io: Io): Promise<Results> {
    const reporters: Reporter[] = [];
    const files: FileOutput[] = [];
    const workspace = io.env['GITHUB_WORKSPACE'];
    const view: View = {
      strict: request.strict,
      detail: request.detail,
      clock: io.clock,
      colours: false,
      ...(workspace === undefined ? {} : { workspace }),
    };
    try {
      for (const wish of wishesOf(request, io)) {
        if (wish.file === undefined) {
          reporters.push(
            makeReporter(wish.format, (text) => io.out.write(text), shownView(view, request, io)),
          );
          continue;
        }
        const path = isAbsolute(wish.file) ? wish.file : resolve(io.cwd, wish.file);
        const file = await FileOutput.open(path, wish);
        files.push(file);
        reporters.push(makeReporter(wish.format, (text) => file.write(text), view));
      }
    } catch (error) {
      await Promise.allSettled(files.map((file) => file.close()));
      throw error;
    }
    return new Results(reporters, files);
  }

  take(event: RunEvent): void {
    for (const reporter of this.#reporters) {
      reporter.take(event);
    }
  }

  /** Waits until everything is written. @throws AgentError OUTPUT_FAILED if some of it could not be */
  async close(): Promise<void> {
    for (const reporter of this.#reporters) {
      reporter.close();
    }
    const ends = await Promise.allSettled(this.#files.map((file) => file.close()));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) {
      throw failed.reason;
    }
  }
}

type PlacedWish = OutputWish & { readonly append?: boolean; readonly limitBytes?: number };

function wishesOf({ outputs }: ConformanceRequest, { env }: Io): readonly PlacedWish[] {
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '' || !outputs.some(({ format }) => format === 'github')) {
    return outputs;
  }
  return [...outputs, { format: 'markdown', file: summary, append: true, limitBytes: SUMMARY_LIMIT_BYTES }];
}

/** Of what goes to standard output: colours and a line that is redrawn where a terminal shows it. */
function shownView(view: View, { mayColour }: ConformanceRequest, { out }: Io): View {
  return {
    ...view,
    colours: mayColour && out.hasColours,
    ...(out.columns === undefined ? {} : { columns: out.columns }),
  };
}
