import { parseBoolean, parseDuration, parseInteger } from './values.ts';

/** What a default may depend on. */
export interface DefaultSource {
  readonly env: Readonly<Record<string, string>>;
  /** The resource's id. */
  readonly instance: string;
}

/** `content/@type` of metadata; `duration` is `string` there, `select` one with its values in the description for 1.0. */
export type ParameterType = 'string' | 'integer' | 'boolean' | 'duration' | 'select';

/** What every parameter can say of itself. */
export interface Description {
  /** One line. */
  readonly short: string;
  /** Some sentences, with unit and meaning of the default. */
  readonly long: string;
  /** No two resources may have the same value. Default: false. */
  readonly isUnique?: boolean;
  /** A change takes effect with the action `reload-agent` [OCF-1.1]. Default: false. */
  readonly isReloadable?: boolean;
  /** A value that tools must not show. Default: false. */
  readonly isPrivate?: boolean;
}

/** One parameter: what metadata tells of it, and how its value is read. */
export interface Parameter<T> extends Description {
  readonly type: ParameterType;
  readonly isRequired: boolean;
  /** As text, as it would be given; a function where it depends on the machine. */
  readonly defaultText: string | ((source: DefaultSource) => string) | undefined;
  /** Values of a `select`. */
  readonly options?: readonly string[];
  /**
   * The value of a text that is not empty.
   * @throws TypeError that tells what was expected
   */
  parse(text: string): T;
  /**
   * Of a parameter that is neither given nor has a default: undefined; of a required one, of which a stop and a probe must
   * do without, an empty value of its type.
   */
  readonly absent: T;
}

/** All parameters of an agent, by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

/** Their values. */
export type Values<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

type Default<T> = T | ((source: DefaultSource) => T);

/** Neither required nor with a default: the value may be `undefined`. */
type Optional = Description & { readonly isRequired?: false; readonly default?: undefined };
type Given<T> = Description &
  (
    | { readonly isRequired: true; readonly default?: undefined }
    | { readonly isRequired?: false; readonly default: Default<T> }
  );

interface Kind<T> {
  readonly type: ParameterType;
  /** What stands for nothing where a value must be. */
  readonly empty: T;
  readonly options?: readonly string[];
  parse(text: string): T;
  format(value: T): string;
}

function parameter<T>(
  kind: Kind<T>,
  about: Description & { isRequired?: boolean; default?: Default<T> | undefined },
): Parameter<T> {
  const { default: given, isRequired = false, ...description } = about;
  const defaultText =
    typeof given === 'function'
      ? (source: DefaultSource) => kind.format((given as (source: DefaultSource) => T)(source))
      : given === undefined
        ? undefined
        : kind.format(given);
  const { type, options, parse } = kind;
  return {
    ...description,
    type,
    ...(options === undefined ? {} : { options }),
    isRequired,
    defaultText,
    parse,
    // Typed by the signatures below: an optional one may be undefined.
    absent: isRequired ? kind.empty : (undefined as T),
  };
}

const STRING: Kind<string> = { type: 'string', empty: '', parse: (text) => text, format: (value) => value };
const INTEGER: Kind<number> = { type: 'integer', empty: 0, parse: parseInteger, format: String };
const BOOLEAN: Kind<boolean> = { type: 'boolean', empty: false, parse: parseBoolean, format: String };
const DURATION: Kind<number> = {
  type: 'duration',
  empty: 0,
  parse: parseDuration,
  format: (ms) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`),
};

/** Any text. */
export function string(about: Given<string>): Parameter<string>;
export function string(about: Optional): Parameter<string | undefined>;
export function string(about: Given<string> | Optional): Parameter<string> | Parameter<string | undefined> {
  return parameter(STRING, about);
}

/** A whole number, perhaps within limits. */
export interface IntegerLimits {
  readonly min?: number;
  readonly max?: number;
}

export function integer(about: Given<number> & IntegerLimits): Parameter<number>;
export function integer(about: Optional & IntegerLimits): Parameter<number | undefined>;
export function integer(
  about: (Given<number> | Optional) & IntegerLimits,
): Parameter<number> | Parameter<number | undefined> {
  const { min, max, ...rest } = about;
  return parameter({ ...INTEGER, parse: (text) => parseInteger(text, min, max) }, rest);
}

/** What `ocf_is_true` of the shell library takes for true, and its counterparts. */
export function boolean(about: Given<boolean>): Parameter<boolean>;
export function boolean(about: Optional): Parameter<boolean | undefined>;
export function boolean(
  about: Given<boolean> | Optional,
): Parameter<boolean> | Parameter<boolean | undefined> {
  return parameter(BOOLEAN, about);
}

/** A length of time such as `10`, `10s`, `2min`, `500ms`; the value is in milliseconds. */
export function duration(about: Given<number>): Parameter<number>;
export function duration(about: Optional): Parameter<number | undefined>;
export function duration(about: Given<number> | Optional): Parameter<number> | Parameter<number | undefined> {
  return parameter(DURATION, about);
}

/** One of some words. */
export function select<const T extends string>(options: readonly T[], about: Given<T>): Parameter<T>;
export function select<const T extends string>(
  options: readonly T[],
  about: Optional,
): Parameter<T | undefined>;
export function select<const T extends string>(
  options: readonly T[],
  about: Given<T> | Optional,
): Parameter<T> | Parameter<T | undefined> {
  const parse = (text: string): T => {
    const found = options.find((option) => option === text);
    if (found === undefined) {
      throw new TypeError(`one of ${options.join(', ')}`);
    }
    return found;
  };
  const empty = options[0] as T;
  return parameter<T>({ type: 'select', empty, options, parse, format: (value) => value }, about as Given<T>);
}

/** Text with a form of its own, such as a list. */
export interface CustomType<T> {
  /**
   * The value of a text that is not empty.
   * @throws TypeError that tells what was expected, to be read after "Expected the parameter NAME to be …"
   */
  parse(text: string): T;
}

/** A text that becomes a value of any type; its default is given as text. */
export function custom<T>(
  about: Description & CustomType<T> & { readonly defaultText: string },
): Parameter<T>;
export function custom<T>(about: Description & CustomType<T>): Parameter<T | undefined>;
export function custom<T>(
  about: Description & CustomType<T> & { readonly defaultText?: string },
): Parameter<T> | Parameter<T | undefined> {
  const { parse, defaultText, ...description } = about;
  return { ...description, type: 'string', isRequired: false, defaultText, parse, absent: undefined };
}
