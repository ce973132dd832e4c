import type { DefaultSource, Parameter, Parameters } from './parameters.ts';

/** What was found of an agent's parameters in its environment. */
export interface ReadParameters {
  readonly values: Readonly<Record<string, unknown>>;
  readonly given: ReadonlySet<string>;
  /** One text for each that can't be read, or is missing; the value is then the default. */
  readonly faults: readonly string[];
}

/** How parameters are named in the environment [OCF-1.1 Parameter passing]. */
const PREFIX = 'OCF_RESKEY_';

const SHOWN_CHARACTERS = 100;

/** An empty value is none, as in the shell library. */
export function readParameters(parameters: Parameters, source: DefaultSource): ReadParameters {
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  const faults: string[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = source.env[`${PREFIX}${name}`] ?? '';
    if (text === '') {
      values[name] = defaultOf(parameter, source);
      if (parameter.isRequired) {
        faults.push(`Expected a value for the parameter ${name}, got none: ${parameter.short}`);
      }
      continue;
    }
    given.add(name);
    try {
      values[name] = parameter.parse(text);
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      values[name] = defaultOf(parameter, source);
      const shown = parameter.isPrivate === true ? 'something else' : JSON.stringify(shorten(text));
      faults.push(`Expected the parameter ${name} to be ${error.message}, got ${shown}`);
    }
  }
  return { values, given, faults };
}

/** Values that nobody may see. */
export function privateTexts(parameters: Parameters, env: Readonly<Record<string, string>>): string[] {
  return Object.entries(parameters).flatMap(([name, { isPrivate }]) => {
    const text = env[`${PREFIX}${name}`] ?? '';
    return isPrivate === true && text !== '' ? [text] : [];
  });
}

function defaultOf(parameter: Parameter<unknown>, source: DefaultSource): unknown {
  const { defaultText } = parameter;
  if (defaultText === undefined) {
    return parameter.absent;
  }
  const text = typeof defaultText === 'function' ? defaultText(source) : defaultText;
  return text === '' && parameter.type !== 'string' ? parameter.absent : parameter.parse(text);
}

const shorten = (text: string): string =>
  text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
