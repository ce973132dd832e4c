import { styleText } from 'node:util';

type Mood = 'plain' | 'good' | 'bad' | 'act';

const STYLES: Readonly<Record<Mood, Parameters<typeof styleText>[0]>> = {
  plain: 'reset',
  good: 'green',
  bad: 'red',
  act: 'yellow',
};

/** Tells what happens, a line a step, with the seconds since the beginning. Colours only on a terminal. */
export class Story {
  readonly #begunAtMs = performance.now();
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void = (text) => process.stdout.write(text)) {
    this.#write = write;
  }

  title(text: string): void {
    this.#write(`\n${style('bold', text)}\n\n`);
  }

  step(what: string, text: string, mood: Mood = 'plain'): void {
    const seconds = ((performance.now() - this.#begunAtMs) / 1000).toFixed(3).padStart(7);
    this.#write(`${style('dim', `${seconds} s`)}  ${what.padEnd(9)} ${style(STYLES[mood], text)}\n`);
  }

  text(text: string): void {
    this.#write(`${text}\n`);
  }
}

// styleText looks at NO_COLOR and at whether the stream is a terminal.
function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout });
}
