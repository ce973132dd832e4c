import type { AgentDeclaration, Timing } from './agent.ts';
import type { Parameters } from './parameters.ts';
import { parseDuration } from './values.ts';

/** Actions that need one another [OCF-1.1 Actions]. */
const PAIRS = [
  ['promote', 'demote'],
  ['migrate_to', 'migrate_from'],
] as const;

/**
 * What is wrong with a declaration that its types can't tell, one text each: metadata made of it would mislead the cluster.
 */
export function declarationFaults<P extends Parameters>(agent: AgentDeclaration<P>): string[] {
  const actions: Readonly<Record<string, { readonly timings: readonly Timing[] } | undefined>> =
    agent.actions;
  const has = (name: string): boolean => actions[name] !== undefined;
  const parameters = Object.entries(agent.parameters);
  const isReloadable = parameters.some(([, { isReloadable }]) => isReloadable === true);
  const intervals = (actions['monitor']?.timings ?? []).map(({ interval }) => interval);
  return [
    ...(/^[A-Za-z0-9_][\w.-]*$/.test(agent.name)
      ? []
      : [`the name ${JSON.stringify(agent.name)} is no file's`]),
    ...parameters
      .filter(([name]) => !/^[A-Za-z_]\w*$/.test(name))
      .map(([name]) => `the parameter ${name} can't be a variable of the environment`),
    ...(parameters.length > 0 ? [] : ['there are no parameters: the schema of OCF 1.1 wants one']),
    ...PAIRS.filter(([one, other]) => has(one) !== has(other)).map(
      (pair) => `${pair.join(' without ')}, or reverse`,
    ),
    ...(has('reload-agent') === isReloadable ? [] : ['reload-agent and isReloadable need each other']),
    ...Object.entries(actions).flatMap(([name, declaration]) =>
      (declaration?.timings ?? []).flatMap((timing) => timingFaults(name, timing)),
    ),
    ...(new Set(intervals).size === intervals.length ? [] : ['two monitors have the same interval']),
  ];
}

function timingFaults(name: string, { timeout, interval }: Timing): string[] {
  return [timeout, interval ?? '0s'].flatMap((text) => {
    try {
      parseDuration(text);
      return [];
    } catch (error) {
      return [`expected a time of ${name} to be ${(error as Error).message}, got ${JSON.stringify(text)}`];
    }
  });
}
