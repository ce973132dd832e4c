/** What is shown of one text: longer ones are of no use to a person, and all of it goes to the cluster. */
const LIMIT_CHARACTERS = 2000;

// Sequences that colour a terminal or set its title [ECMA-48 5.4], then all other control characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]+/g;

/**
 * A text as one line for people, such as what a program wrote: lines are joined, without colours and control characters,
 * 2,000 characters at most.
 */
export function oneLine(text: string): string {
  const line = text
    .replace(ESCAPES, '')
    .replace(CONTROLS, (controls) => (controls.includes('\r') ? '\n' : ' '))
    .replace(/\s*\n\s*/g, '\n')
    .trim()
    .replaceAll('\n', '; ');
  return line.length > LIMIT_CHARACTERS ? `${line.slice(0, LIMIT_CHARACTERS)}…` : line;
}
