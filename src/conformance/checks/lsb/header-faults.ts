/** Keywords that every header has; those of the second list may be empty [LSB 5.0, 22.3]. */
const FILLED = ['Provides', 'Short-Description'] as const;
const PRESENT = ['Required-Start', 'Required-Stop', 'Default-Start', 'Default-Stop'] as const;
const OTHERS = ['Should-Start', 'Should-Stop', 'Description', 'Enable-Local', 'Interactive'];
const KNOWN = new Set([...FILLED, ...PRESENT, ...OTHERS].map((name) => name.toLowerCase()));

const BEGIN = '### BEGIN INIT INFO';
const END = '### END INIT INFO';
const KEYWORD = /^# {0,1}([A-Za-z][\w-]*):[ \t]*(.*)$/;
/** A description that goes on: a tab or two blanks; an empty comment is nothing. */
const CONTINUED = /^#(?:\t| {2,})|^#[ \t]*$/;

/** What is wrong with the header of an init script, a line each. */
export function headerFaults(header: string): readonly string[] {
  const lines = header.split('\n').map((line) => line.trimEnd());
  const count = (mark: string): number => lines.filter((line) => line === mark).length;
  if (count(BEGIN) !== 1 || count(END) !== 1 || lines[0] !== BEGIN) {
    return [`${count(BEGIN)} lines "${BEGIN}" and ${count(END)} lines "${END}" behind them`];
  }
  const values = new Map<string, string>();
  const faults: string[] = [];
  for (const line of lines.slice(1, lines.indexOf(END))) {
    const [, keyword = '', value = ''] = KEYWORD.exec(line) ?? [];
    const name = keyword.toLowerCase();
    if (keyword === '') {
      // What is no keyword belongs to the one before.
      faults.push(...(CONTINUED.test(line) ? [] : [`a line that is no keyword: ${line.slice(0, 80)}`]));
    } else if (values.has(name)) {
      faults.push(`${keyword} twice`);
    } else {
      values.set(name, value.trim());
      faults.push(...(KNOWN.has(name) || name.startsWith('x-') ? [] : [`${keyword}, which nobody knows`]));
    }
  }
  const missing = [...FILLED, ...PRESENT].filter((name) => !values.has(name.toLowerCase()));
  const empty = FILLED.filter((name) => values.get(name.toLowerCase()) === '');
  return [
    ...faults,
    ...missing.map((name) => `no ${name}`),
    ...empty.map((name) => `${name} without a value`),
  ];
}
