import type { Output } from '../io.ts';

const CODES = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 } as const;
type Colour = keyof typeof CODES;

/** Puts a text into a colour where the output has such. */
export const painter =
  ({ hasColours }: Pick<Output, 'hasColours'>) =>
  (colour: Colour, text: string): string =>
    hasColours ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
export type Paint = ReturnType<typeof painter>;

const STATE_COLOURS: Readonly<Record<string, Colour>> = {
  running: 'green',
  promoted: 'green',
  ok: 'green',
  failed: 'red',
  blocked: 'red',
  starting: 'yellow',
  stopping: 'yellow',
  warning: 'yellow',
  recovering: 'yellow',
};

/** A state in its colour. */
export function paintState(paint: Paint, state: string): string {
  const colour = STATE_COLOURS[state];
  return colour === undefined ? state : paint(colour, state);
}
