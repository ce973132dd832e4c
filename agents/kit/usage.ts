import type { Agent } from './agent.ts';

/** What a person gets who calls an agent by hand. */
export function usage(agent: Agent): string {
  const actions = [...Object.keys(agent.actions), 'validate-all', 'meta-data', 'usage'].join('|');
  const parameters = Object.entries(agent.parameters as Readonly<Record<string, { readonly short: string }>>);
  const width = Math.max(0, ...parameters.map(([name]) => name.length));
  return [
    `usage: ${agent.name} {${actions}}`,
    '',
    agent.short,
    ...(parameters.length === 0 ? [] : ['', 'Parameters, in the environment as OCF_RESKEY_NAME:']),
    ...parameters.map(([name, { short }]) => `  ${name.padEnd(width)}  ${short}`),
    '',
  ].join('\n');
}
