import { type AgentName, LocalAgents } from '../client/local-agents.ts';
import { readMetadata } from '../conformance/metadata/read-metadata.ts';
import { AgentError } from '../errors/agent-error.ts';
import type { Io } from './io.ts';
import { type DocumentFormat, printDocument } from './show/document.ts';
import { table } from './show/table.ts';
import { span } from './show/time.ts';

/** Prints the full names of agents. */
export async function listAgents(
  io: Io,
  format: DocumentFormat,
  standard: string,
  provider: string | undefined,
): Promise<void> {
  const local = new LocalAgents({ env: io.env });
  const names: string[] = [];
  if (standard === 'ocf') {
    const providers = provider === undefined ? await local.listProviders() : [provider];
    for (const one of providers) {
      names.push(...(await local.listAgents('ocf', one)).map((name) => `ocf:${one}:${name}`));
    }
  } else {
    const standards = await local.listStandards();
    if (!['lsb', 'systemd', 'service'].includes(standard)) {
      throw new AgentError(
        'CONFIG_INVALID',
        `Expected a class of ${standards.join(', ')}, got "${standard}"`,
      );
    }
    names.push(...(await local.listAgents(standard)).map((name) => `${standard}:${name}`));
  }
  await printDocument(io, format, 'agents', { agents: names }, () =>
    names.length === 0
      ? 'There are none here; OCF_ROOT says where OCF agents lie.\n'
      : names.map((name) => `${name}\n`).join(''),
  );
}

/** Prints what an agent says of itself. */
export async function showAgent(io: Io, format: DocumentFormat, agent: AgentName): Promise<void> {
  const text = await new LocalAgents({ env: io.env }).metadata(agent);
  const { metadata, root, faults } = readMetadata(text);
  if (metadata === undefined) {
    const [fault] = faults;
    throw new AgentError(
      'METADATA_UNAVAILABLE',
      `Expected ${fault?.expected ?? 'metadata'}, got ${fault?.seen ?? 'none'}`,
    );
  }
  const descriptions = new Map(
    (root?.children.find(({ name }) => name === 'parameters')?.children ?? []).map(
      ({ attributes, children }) => [attributes['name'] ?? '', textOf(children, 'shortdesc')],
    ),
  );
  const title = textOf(root?.children ?? [], 'shortdesc');
  const body = {
    agent: [agent.class, agent.provider, agent.type].filter((part) => part !== undefined).join(':'),
    title,
    version: metadata.apiVersion,
    parameters: metadata.parameters.map((one) => ({
      name: one.name,
      type: one.type,
      required: one.isRequired,
      ...(one.defaultValue === undefined ? {} : { default: one.defaultValue }),
      description: descriptions.get(one.name) ?? '',
    })),
    actions: metadata.actions.map(({ name, timeoutMs, intervalMs, depth }) => ({
      name,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(intervalMs === undefined ? {} : { intervalMs }),
      ...(depth === undefined ? {} : { depth }),
    })),
  };
  await printDocument(io, format, 'agent', body, () => {
    const parameters = table(
      ['parameter', 'type', 'required', 'default', 'description'],
      body.parameters.map((one) => [
        one.name,
        one.type,
        one.required ? 'yes' : '',
        one.default ?? '',
        one.description,
      ]),
    );
    const actions = table(
      ['action', 'timeout', 'interval', 'check level'],
      body.actions.map((one) => [
        one.name,
        one.timeoutMs === undefined ? '' : span(one.timeoutMs),
        one.intervalMs === undefined ? '' : span(one.intervalMs),
        one.depth ?? '',
      ]),
    );
    return `${body.agent}: ${title}\n\n${parameters}\n${actions}`;
  });
}

const textOf = (
  children: readonly { readonly name: string; readonly text: string }[],
  name: string,
): string => (children.find((child) => child.name === name)?.text ?? '').replaceAll(/\s+/g, ' ').trim();
