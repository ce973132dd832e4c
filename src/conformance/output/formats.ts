import type { Format } from './format-names.ts';
import { GithubReporter } from './github.ts';
import { HumanReporter } from './human.ts';
import { JsonReporter, NdjsonReporter } from './json.ts';
import { JunitReporter } from './junit.ts';
import { MarkdownReporter } from './markdown.ts';
import type { Reporter, View, Write } from './reporter.ts';
import { TapReporter } from './tap.ts';

const REPORTERS = {
  human: HumanReporter,
  tap: TapReporter,
  junit: JunitReporter,
  json: JsonReporter,
  ndjson: NdjsonReporter,
  github: GithubReporter,
  markdown: MarkdownReporter,
} as const satisfies Readonly<Record<Format, new (write: Write, view: View) => Reporter>>;

export function makeReporter(format: Format, write: Write, view: View): Reporter {
  return new REPORTERS[format](write, view);
}
