// docs/agents/reference.md out of the agents' declarations.
import type { Agent, Parameter, Timing } from '../agents/kit/index.ts';
import { AGENTS } from '../src/process/own-agents.ts';

const names = [...new Set(AGENTS.map(({ name }) => name))].sort();

const agents = await Promise.all(
  names.map(async (name) => ((await import(`../agents/${name}/${name}.ts`)) as { agent: Agent }).agent),
);

/** A default that depends on the machine is told by the description. */
function defaultOf({ defaultText, isRequired }: Parameter<unknown>): string {
  if (isRequired) {
    return '**required**';
  }
  return typeof defaultText === 'string' && defaultText !== '' ? `\`${defaultText}\`` : '';
}

function timing([name, { timeout, interval, depth, role }]: readonly [string, Timing]): string {
  const details = [
    ...(interval === undefined ? [] : [`every ${interval}`]),
    ...(depth === undefined || depth === 0 ? [] : [`level ${depth}`]),
    ...(role === undefined ? [] : [role]),
  ];
  return `${name} ${[timeout, ...details].join(', ')}`;
}

/** How the page's tables are written. */
type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

function section(agent: Agent, table: Table): string {
  const parameters = Object.entries(agent.parameters as Readonly<Record<string, Parameter<unknown>>>);
  const actions = Object.entries(agent.actions as Readonly<Record<string, { timings: readonly Timing[] }>>);
  const rows = parameters.map(([name, about]) => [
    `\`${name}\``,
    about.options === undefined ? about.type : about.options.map((word) => `\`${word}\``).join(', '),
    defaultOf(about),
    `${about.long.replaceAll('\n', ' ')}${about.isUnique ? ' Unique.' : ''}${about.isReloadable ? ' Reloadable.' : ''}`,
  ]);
  const times = actions.flatMap(([name, { timings }]) => timings.map((each) => timing([name, each])));
  return `## \`ocf:bundlet:${agent.name}\`

${agent.long}

Actions and their least timeouts: ${times.join(' · ')}.

${table(['parameter', 'type', 'default', 'meaning'], rows)}
`;
}

/** The page's text below its title. */
export const agentsReference = (table: Table): string =>
  agents.map((agent) => section(agent, table)).join('\n');
