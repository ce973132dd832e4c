/** What an init script says of itself [LSB-Core, Comment Conventions for Init Scripts]. */
export interface LsbHeader {
  readonly description?: string;
  readonly shortDescription?: string;
  /** Facts for whoever orders services, by the names that metadata has for them. */
  readonly facts: ReadonlyMap<string, string>;
}

const BEGIN = '### BEGIN INIT INFO';
const END = '### END INIT INFO';

/** Keywords that become elements of the metadata, in its order. */
const FACTS = [
  'Provides',
  'Required-Start',
  'Required-Stop',
  'Should-Start',
  'Should-Stop',
  'Default-Start',
  'Default-Stop',
] as const;

/** `# Keyword: value`; a longer description goes on in lines with a tab or two blanks. */
const KEYWORD = /^#[ \t]*([A-Za-z][\w-]*):[ \t]*(.*)$/;
const CONTINUED = /^#(?:\t| {2,})[ \t]*(.*)$/;

/** Reads the header of an init script; a script without one has nothing to say. */
export function readLsbHeader(script: string): LsbHeader {
  const values = new Map<string, string>();
  let last = '';
  for (const line of headerLines(script)) {
    const [, keyword, value = ''] = KEYWORD.exec(line) ?? [];
    const [, more] = CONTINUED.exec(line) ?? [];
    if (more !== undefined && last === 'description') {
      values.set(last, `${values.get(last)}\n${more.trimEnd()}`);
    } else if (keyword !== undefined) {
      last = keyword.toLowerCase();
      values.set(last, value.trim());
    }
  }
  const description = values.get('description');
  const shortDescription = values.get('short-description');
  return {
    ...(description === undefined ? {} : { description }),
    ...(shortDescription === undefined ? {} : { shortDescription }),
    facts: new Map(FACTS.map((name) => [name, values.get(name.toLowerCase()) ?? ''])),
  };
}

function headerLines(script: string): readonly string[] {
  const lines = script.split('\n').map((line) => line.trimEnd());
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin);
  return begin === -1 ? [] : lines.slice(begin + 1, end === -1 ? undefined : end);
}
