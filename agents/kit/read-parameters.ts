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

/** An empty value is none, as in the shell library. */
export function readParameters(parameters: Parameters, source: DefaultSource): ReadParameters {
  const values: Record<string, unknown> = {};
  const given = new Set<string>();
  const faults: string[] = [];
  for (const [name, parameter] of Object.entries(parameters)) {
    const text = source.env[`${PREFIX}${name}`] ?? '';
    values[name] = defaultOf(parameter, source);
    if (text === '') {
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
      const shown = parameter.isPrivate === true ? 'something else' : JSON.stringify(shorten(text));
      faults.push(`Expected the parameter ${name} to be ${error.message}, got ${shown}`);
    }
  }
  return { values, given, faults };
}

function defaultOf(parameter: Parameter<unknown>, source: DefaultSource): unknown {
  const { defaultText } = parameter;
  if (defaultText === undefined) {
    return parameter.absent;
  }
  const text = typeof defaultText === 'function' ? defaultText(source) : defaultText;
  return text === '' && parameter.type !== 'string' ? parameter.absent : parameter.parse(text);
}

const shorten = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
