import { parseArgs } from 'node:util';
import { type AgentName, agentNames } from './agents.ts';

export interface Options {
  readonly agents: readonly AgentName[];
  /** Steps whose name matches; all of them when undefined. */
  readonly only: RegExp | undefined;
  readonly keep: boolean;
  readonly help: boolean;
}

/** What the caller wrote cannot be followed: shown without a stack, exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Runs a real two-node Pacemaker cluster that drives bundles with Bundlet's image and, to compare,
with Pacemaker's C daemon. Needs root, the shared test bed and what its README lists.

Usage: node test/cluster/cluster.ts [options]       (npm run test:cluster makes the image's content first)

  --agent NAME     bundlet, reference or both (default both)
  --only PATTERN   only the steps whose name matches this regular expression, and what they build on
  --keep           leave the test bed of the last agent up, to look around in it
  --help           this text

Environment
  BUNDLET_SHARED   the folder that holds testbed/ (default ../shared, seen from the repository)
  TESTBED_NAME     name of the test bed (default cluster)
  TESTBED_HOME     where the test bed keeps its files (default /tmp/testbed)

Figures go to build/cluster-results.json, logs of failed steps to build/cluster-logs/.
Exit code: 0 all passed, 1 something failed, 64 wrong option, 69 something needed is missing, 130 interrupted.
`;

export function parseOptions(args: readonly string[]): Options {
  const { agent, only, keep, help } = parse(args);
  return { agents: agentsOf(agent), only: only === undefined ? undefined : patternOf(only), keep, help };
}

interface RawOptions {
  readonly agent: string;
  readonly only?: string | undefined;
  readonly keep: boolean;
  readonly help: boolean;
}

function parse(args: readonly string[]): RawOptions {
  try {
    return parseArgs({
      args: [...args],
      options: {
        agent: { type: 'string', default: 'both' },
        only: { type: 'string' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function agentsOf(value: string): readonly AgentName[] {
  if (value === 'both') {
    return agentNames;
  }
  const found = agentNames.find((name) => name === value);
  if (found === undefined) {
    throw new UsageError(`Expected --agent to be bundlet, reference or both, got '${value}'`);
  }
  return [found];
}

function patternOf(source: string): RegExp {
  try {
    return new RegExp(source, 'i');
  } catch (error) {
    throw new UsageError(`Expected --only to be a regular expression, got '${source}'`, { cause: error });
  }
}
