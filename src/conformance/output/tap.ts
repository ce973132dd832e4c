import type { CheckResult, RunEvent, RunReport } from '../result.ts';
import { detailsOf } from './details.ts';
import { countsText, isTrouble, markOf, timeText } from './mark.ts';
import type { Reporter, View, Write } from './reporter.ts';
import { safeLine } from './safe-text.ts';

/** TAP 14, line by line while the run goes on. A SHOULD that failed is `# TODO` unless strict: harnesses then don't count it. */
export class TapReporter implements Reporter {
  readonly #write: Write;
  readonly #view: View;
  #planned = 0;
  #number = 0;

  constructor(write: Write, view: View) {
    this.#write = write;
    this.#view = view;
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case 'began': {
        const { agent, environment } = event.report;
        this.#planned = event.checks.length;
        this.#write(`TAP version 14\n1..${this.#planned}\n`);
        this.#write(`# ${safeLine(agent.name)} (${environment.place}, seed ${environment.seed})\n`);
        break;
      }
      case 'check-ended':
        this.#number += 1;
        this.#write(`${this.#point(event.result)}\n${this.#block(event.result)}`);
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

  #point(result: CheckResult): string {
    const { id, title, verdict, reason = '' } = result;
    const mark = markOf(result, this.#view.strict);
    const point = `${isTrouble(result) ? 'not ok' : 'ok'} ${this.#number} - ${described(`${id} ${title}`)}`;
    if (verdict === 'skipped') {
      return `${point} # SKIP ${described(reason)}`;
    }
    return mark === 'warn' ? `${point} # TODO a SHOULD, it does not decide` : point;
  }

  #block(result: CheckResult): string {
    if (result.verdict === 'skipped') {
      return '';
    }
    const lines = [
      `duration_ms: ${result.ms}`,
      `level: ${result.level}`,
      ...(isTrouble(result) ? [`verdict: ${result.verdict}`, ...yamlDetails(result)] : []),
    ];
    return `  ---\n${lines.map((line) => `  ${line}\n`).join('')}  ...\n`;
  }

  #end(report: RunReport): void {
    if (this.#number < this.#planned) {
      this.#write(`Bail out! Ended after ${this.#number} of ${this.#planned} checks\n`);
    }
    for (const { action, count, median, max } of report.costs) {
      this.#write(`# ${action}: ${count} times, median ${timeText(median)}, longest ${timeText(max)}\n`);
    }
    this.#write(`# ${countsText(report)} in ${timeText(report.ms)}\n`);
  }
}

/** The part behind the dash: a number sign would begin a directive. */
function described(text: string): string {
  return safeLine(text).replace(/[\\#]/g, '\\$&');
}

/** A list, because names come more than once, and in order. */
function yamlDetails(result: CheckResult): readonly string[] {
  return ['details:', ...detailsOf(result).map(({ name, text }) => `  - ${name}: ${yamlText(text)}`)];
}

/** A JSON string is one of YAML 1.2, but for what YAML can't hold unescaped. */
function yamlText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
