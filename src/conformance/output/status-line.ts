import type { Clock, Timer } from '../../observe/clock.ts';
import type { Write } from './reporter.ts';

/** How often the time that has passed is shown anew, in ms. */
const REDRAW_MS = 1000;
const CLEAR_LINE = '\r\x1b[K';

/** The last line of a terminal, which is drawn again and again while other lines go by above it. */
export class StatusLine {
  readonly #write: Write;
  readonly #columns: () => number;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #makeText: (() => string) | undefined;
  #isDrawn = false;

  constructor(write: Write, columns: () => number, clock: Clock) {
    this.#write = write;
    this.#columns = columns;
    this.#clock = clock;
  }

  /** From now on this is shown, and drawn again each second. */
  show(makeText: () => string): void {
    this.#makeText = makeText;
    this.#draw();
  }

  /** Writes lines above it. */
  above(text: string): void {
    this.#clear();
    this.#write(text);
    this.#draw();
  }

  /** Takes it away for good. */
  end(): void {
    this.#makeText = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#clear();
  }

  #clear(): void {
    if (this.#isDrawn) {
      this.#write(CLEAR_LINE);
      this.#isDrawn = false;
    }
  }

  #draw(): void {
    if (this.#makeText === undefined) {
      return;
    }
    // A line that reaches the edge would wrap, and could not be taken back.
    const text = this.#makeText().slice(0, Math.max(0, this.#columns() - 1));
    this.#write(`${CLEAR_LINE}${text}`);
    this.#isDrawn = true;
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(REDRAW_MS, () => this.#draw());
  }
}
