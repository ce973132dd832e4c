import { LocalAgents } from '../client/local-agents.ts';
import type { Environment } from '../config/environment.ts';
import { messageOf } from '../errors/agent-error.ts';
import { type DocumentElement, readDocument } from '../protocol/xml-document.ts';
import { monitorsOf, oneShot, type SoloDefinition } from './definition.ts';
import { timeMs } from './times.ts';

/** How long an agent may take for its metadata, in ms. */
const METADATA_MS = 10_000;

/** Where the agent advises nothing, in ms. */
const INTERVAL_MS = 10_000;

/**
 * The definition with a monitor in it. A cluster would watch nothing without one; solo mode is there to notice failures, so it takes what
 * the agent itself advises.
 */
export async function withMonitor(
  definition: SoloDefinition,
  places: { readonly ocfRoot: string; readonly env: Environment },
): Promise<SoloDefinition> {
  if (monitorsOf(definition).length > 0) {
    return definition;
  }
  const { id: _id, ...agent } = definition;
  let advice: DocumentElement | undefined;
  let problem = '';
  try {
    const text = await new LocalAgents(places).metadata(agent, METADATA_MS);
    advice = readDocument(text)
      .root?.children.find(({ name }) => name === 'actions')
      ?.children.find(isMonitor);
  } catch (error) {
    problem = `; its own advice could not be read: ${messageOf(error)}`;
  }
  const usual = oneShot(definition, 'monitor');
  const intervalMs = timeMs(advice?.attributes['interval'] ?? '') || INTERVAL_MS;
  const timeoutMs = timeMs(advice?.attributes['timeout'] ?? '') || usual.timeoutMs;
  const note = `there is no recurring monitor: one every ${intervalMs / 1000} s with a timeout of ${timeoutMs / 1000} s was added${problem}`;
  return {
    ...definition,
    operations: [...definition.operations, { ...usual, intervalMs, timeoutMs }],
    notes: [...definition.notes, note],
  };
}

const isMonitor = ({ attributes }: DocumentElement): boolean =>
  attributes['name'] === 'monitor' &&
  ['', '0'].includes(attributes['depth'] ?? '') &&
  attributes['role'] === undefined;
