import type { RunEvent } from './result.ts';
import { maskedParameters, privateNames, secretsOf, textMask } from './secrets.ts';
import type { Subject } from './subject.ts';

/**
 * Words of ours, in which nobody else's text stands: a secret such as `apache` must not take them away. `repeat` was made with masked
 * values already.
 */
const OURS: ReadonlySet<string> = new Set([
  ...['id', 'type', 'verdict', 'level', 'title', 'repeat', 'action', 'kind', 'signal', 'errno', 'class'],
  ...[
    'name',
    'path',
    'bundlet',
    'system',
    'kernel',
    'user',
    'place',
    'startedAt',
    'agentVersion',
    'apiVersion',
  ],
]);

/** Makes of each event one in which no value of a private parameter stands, whoever printed it. */
export function eventMask(subject: Pick<Subject, 'metadata' | 'cases'>): (event: RunEvent) => RunEvent {
  const names = privateNames(subject);
  const mask = textMask(secretsOf(subject));
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      return OURS.has(key) ? value : mask(value);
    }
    if (Array.isArray(value)) {
      return value.map((item) => walk(item, key));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (key === 'parameters') {
      const shown = maskedParameters(value as Readonly<Record<string, string>>, names);
      return Object.fromEntries(Object.entries(shown).map(([name, text]) => [name, mask(text)]));
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
  };
  // The same shape: texts alone are changed.
  return (event) => walk(event, '') as RunEvent;
}
