import { isAbsolute, relative } from 'node:path';
import type { CheckResult, RunEvent, RunReport } from '../result.ts';
import { headline } from './details.ts';
import { countsText, type Mark, markOf, timeText } from './mark.ts';
import type { Reporter, View, Write } from './reporter.ts';
import { safeLines } from './safe-text.ts';

const COMMANDS: Readonly<Record<Mark, 'error' | 'warning' | undefined>> = {
  ok: undefined,
  skip: undefined,
  warn: 'warning',
  FAIL: 'error',
  broken: 'error',
};

/** Annotations of GitHub Actions, one for each check that is not well, as soon as it has ended. */
export class GithubReporter implements Reporter {
  readonly #write: Write;
  readonly #view: View;
  #file: string | undefined;

  constructor(write: Write, view: View) {
    this.#write = write;
    this.#view = view;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'began':
        this.#file = inWorkspace(event.report.agent.path, this.#view.workspace);
        break;
      case 'check-ended':
        this.#annotate(event.result);
        break;
      case 'ended':
        this.#end(event.report);
        break;
      default:
        break;
    }
  }

  close(): void {
    // Nothing is held.
  }

  #annotate(result: CheckResult): void {
    const command = COMMANDS[markOf(result, this.#view.strict)];
    if (command === undefined) {
      return;
    }
    const message = `${headline(result)}\nRepeat it with: ${result.repeat}`;
    this.#write(annotation(command, message, { title: `${result.id} ${result.title}`, file: this.#file }));
  }

  #end(report: RunReport): void {
    for (const text of report.comparison?.regressions ?? []) {
      this.#write(annotation('error', text, { title: 'Worse than the baseline', file: this.#file }));
    }
    const message = `${report.agent.name}: ${countsText(report)} in ${timeText(report.ms)}`;
    this.#write(annotation('notice', message, { title: 'Conformance' }));
  }
}

/** The path as the repository has it; undefined for what is not part of it: an annotation of such a file is shown nowhere. */
function inWorkspace(path: string, workspace: string | undefined): string | undefined {
  if (workspace === undefined || workspace === '') {
    return path;
  }
  const inside = relative(workspace, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : inside;
}

function annotation(
  command: string,
  message: string,
  properties: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(properties)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${escapeData(value).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${command} ${given.join(',')}::${escapeData(message)}\n`;
}

/** As the toolkit of GitHub Actions writes them; other controls are made visible. */
function escapeData(text: string): string {
  return safeLines(text).join('\n').replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
