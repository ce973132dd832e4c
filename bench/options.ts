import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `--only` takes, in the order in which they run. */
export const GROUPS = [
  'start',
  'memory',
  'exec',
  'parallel',
  'recurring',
  'storm',
  'tools',
  'commands',
  'agents',
] as const;
export type GroupName = (typeof GROUPS)[number];

export interface Options {
  readonly help: boolean;
  readonly quick: boolean;
  readonly markdown: boolean;
  readonly only: readonly GroupName[];
  readonly out: string | undefined;
  readonly ours: string | undefined;
  readonly init: string | undefined;
  readonly reference: string | undefined;
  readonly daemonOutput: string;
  readonly noiseCores: number;
  readonly retries: number;
}

/** The command line is wrong: exit status 64, as the daemon's own. */
export class UsageError extends Error {}

export const USAGE = `Measures our daemon against the C pacemaker-remoted, in turn, in private namespaces.

  npm run bench -- [options]            builds first
  node bench/bench.ts [options]

  --quick            small numbers, about a minute; writes no result unless --out is given
  --only NAME        one group (repeatable): ${GROUPS.join(', ')}
  --out FILE         write the result as JSON to FILE instead of bench/results/
  --markdown         print the table as Markdown
  --ours PATH        daemon to measure (build/pacemaker-remoted)
  --init PATH        its PID 1 (build/pcmk-init); "none": the daemon itself is PID 1
  --reference PATH   the C daemon (/opt/pcmk-remote-deb/usr/sbin/, /usr/sbin/, or a downloaded package)
  --daemon-output F  append what the daemons print to F (/dev/null)
  --noise CORES      other programs' use of the CPU above which a run is repeated (0.25)
  --retries COUNT    how often a noisy run is repeated (2; with --quick 0)
  --help
`;

const number = (name: string, text: string, isValid: (value: number) => boolean): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value) || !isValid(value)) {
    throw new UsageError(`Expected --${name} to be a number that fits, got "${text}"`);
  }
  return value;
};

const isGroup = (name: string): name is GroupName => GROUPS.some((group) => group === name);

const groups = (names: readonly string[]): readonly GroupName[] => {
  const unknown = names.find((name) => !isGroup(name));
  if (unknown !== undefined) {
    throw new UsageError(`Expected --only to be one of ${GROUPS.join(', ')}, got "${unknown}"`);
  }
  return names.length === 0 ? GROUPS : GROUPS.filter((group) => names.includes(group));
};

const split = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        ours: { type: 'string' },
        init: { type: 'string' },
        reference: { type: 'string' },
        'daemon-output': { type: 'string', default: '/dev/null' },
        noise: { type: 'string', default: '0.25' },
        retries: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
};

export const readOptions = (args: readonly string[]): Options => {
  const { noise, retries, only, 'daemon-output': daemonOutput, ...values } = split(args);
  return {
    help: values.help,
    quick: values.quick,
    markdown: values.markdown,
    out: values.out,
    ours: values.ours,
    init: values.init,
    reference: values.reference,
    daemonOutput: resolve(daemonOutput),
    only: groups(only),
    noiseCores: number('noise', noise, (value) => value > 0),
    retries: number(
      'retries',
      retries ?? (values.quick ? '0' : '2'),
      (value) => Number.isInteger(value) && value >= 0,
    ),
  };
};
