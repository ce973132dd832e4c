import { DEFAULT_PORT } from '../config/port.ts';
import type { Detail } from '../conformance/output/reporter.ts';
import type { Wish } from '../conformance/selection.ts';
import { type OutputWish, readOutputs } from './conformance-outputs.ts';
import { usageError } from './exit-status.ts';

export const LEVELS = ['must', 'should', 'all'] as const;

/** What a profile stands for. */
export const PROFILES = {
  must: { level: 'must', strict: false },
  all: { level: 'all', strict: false },
  strict: { level: 'all', strict: true },
} as const satisfies Readonly<Record<string, Pick<Wish, 'level'> & { readonly strict: boolean }>>;

/** Options as commander gives them: what is not given is undefined. */
export interface Flags {
  readonly option?: readonly string[];
  readonly cases?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly level?: Wish['level'];
  readonly profile?: keyof typeof PROFILES;
  readonly list?: true;
  readonly explain?: string;
  readonly strict?: true;
  readonly seed?: string;
  readonly repeat?: string;
  readonly jobs?: string;
  readonly timeoutFactor?: string;
  readonly inPlace?: true;
  readonly keep?: true;
  readonly live?: true;
  readonly host?: string;
  readonly port?: string;
  readonly authkey?: string;
  readonly output?: readonly string[];
  readonly outputFile?: string;
  readonly baseline?: string;
  readonly quiet?: true;
  readonly verbose?: true;
  readonly colour: boolean;
  readonly color: boolean;
}

/** A daemon that runs the agent. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly keyFile: string;
}

/** Everything that was asked for, in order and without contradiction. */
export interface ConformanceRequest {
  readonly task: 'run' | 'list' | 'explain';
  /** As it was given; there always is one to run. */
  readonly agent?: string;
  /** Of the first instance. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly casesFile?: string;
  readonly wish: Wish;
  /** Of `--explain`. */
  readonly id?: string;
  readonly strict: boolean;
  readonly seed: number;
  readonly repeat: number;
  /** Undefined: as many as is good. */
  readonly jobs?: number;
  readonly timeoutFactor: number;
  readonly inPlace: boolean;
  readonly keep: boolean;
  readonly live: boolean;
  readonly target?: Target;
  /** Exactly one of them goes to standard output. */
  readonly outputs: readonly OutputWish[];
  readonly baselineFile?: string;
  readonly detail: Detail;
  readonly mayColour: boolean;
}

const DEFAULT_KEY_FILE = '/etc/pacemaker/authkey';
const LARGEST_SEED = 2 ** 32 - 1;

/** @throws AgentError CONFIG_INVALID for what is wrong or contradicts itself, in one line */
export function readRequest(agent: string | undefined, flags: Flags): ConformanceRequest {
  const task = flags.list ? 'list' : flags.explain === undefined ? 'run' : 'explain';
  if (task === 'run' && (agent === undefined || agent === '')) {
    throw usageError('Expected the name or path of an agent, got none; see bundlet conformance --help');
  }
  if (flags.keep && !flags.inPlace) {
    throw usageError(
      'Expected --keep with --in-place, got it alone: a sandbox is gone with all that is in it',
    );
  }
  const profile = PROFILES[flags.profile ?? 'all'];
  const target = readTarget(flags);
  return {
    task,
    ...(agent === undefined ? {} : { agent }),
    parameters: readParameters(flags.option ?? []),
    ...(flags.cases === undefined ? {} : { casesFile: flags.cases }),
    wish: { only: listed(flags.only), skip: listed(flags.skip), level: flags.level ?? profile.level },
    ...(flags.explain === undefined ? {} : { id: flags.explain }),
    strict: flags.strict ?? profile.strict,
    seed: readNumber('--seed', flags.seed, { least: 0, most: LARGEST_SEED, usual: 1 }),
    repeat: readNumber('--repeat', flags.repeat, { least: 1, most: 10_000, usual: 1 }),
    ...(flags.jobs === undefined
      ? {}
      : { jobs: readNumber('--jobs', flags.jobs, { least: 1, most: 1024, usual: 1 }) }),
    timeoutFactor: readFactor(flags.timeoutFactor),
    inPlace: flags.inPlace ?? false,
    keep: flags.keep ?? false,
    live: flags.live ?? false,
    ...(target === undefined ? {} : { target }),
    outputs: readOutputs(flags.output ?? [], flags.outputFile),
    ...(flags.baseline === undefined ? {} : { baselineFile: flags.baseline }),
    detail: flags.quiet ? 'quiet' : flags.verbose ? 'verbose' : 'normal',
    mayColour: flags.colour && flags.color,
  };
}

/** A value may hold anything, further equals signs among it. The last one of a name counts. */
function readParameters(options: readonly string[]): Readonly<Record<string, string>> {
  const parameters = new Map<string, string>();
  for (const option of options) {
    const end = option.indexOf('=');
    if (end < 1) {
      throw usageError(`Expected -o NAME=VALUE, got ${JSON.stringify(option)}`);
    }
    parameters.set(option.slice(0, end), option.slice(end + 1));
  }
  return Object.fromEntries(parameters);
}

function listed(values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => value.split(/[\s,]+/)).filter((id) => id !== '');
}

interface Limits {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}

function readNumber(option: string, text: string | undefined, { least, most, usual }: Limits): number {
  if (text === undefined) {
    return usual;
  }
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw usageError(`Expected ${option} to be a whole number from ${least} to ${most}, got "${text}"`);
  }
  return value;
}

function readFactor(text = '1'): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value < 0.1 || value > 100) {
    throw usageError(`Expected --timeout-factor to be a number from 0.1 to 100, got "${text}"`);
  }
  return value;
}

function readTarget({ host, port, authkey }: Flags): Target | undefined {
  if (host === undefined) {
    if (port !== undefined || authkey !== undefined) {
      throw usageError(`Expected --host with ${port === undefined ? '--authkey' : '--port'}, got none`);
    }
    return undefined;
  }
  return {
    host,
    port: readNumber('--port', port, { least: 1, most: 65_535, usual: DEFAULT_PORT }),
    keyFile: authkey ?? DEFAULT_KEY_FILE,
  };
}
