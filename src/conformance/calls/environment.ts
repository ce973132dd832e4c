import { hostname } from 'node:os';
import { ocfEnvironment } from '../../standards/ocf-environment.ts';
import type { Call } from '../caller.ts';
import type { RunOptions } from '../run.ts';
import type { Subject } from '../subject.ts';

/** What a controller of Pacemaker 2.1.5 calls its feature set; agents choose options of cluster tools by it. */
const FEATURE_SET = '3.16.2';

/** What a controller sends with an action: the instance's parameters, and meta-attributes beside them [ocf-agents 1.4]. */
export function parametersOf({
  action,
  instance,
  intervalMs,
  timeoutMs,
  options,
}: Call): Map<string, string> {
  const meta = {
    name: action,
    timeout: String(timeoutMs),
    ...(intervalMs === 0 ? {} : { interval: String(intervalMs) }),
    ...options.meta,
  };
  const parameters = new Map(Object.entries(instance.parameters));
  for (const [name, value] of Object.entries(meta)) {
    parameters.set(`CRM_meta_${name}`, value);
  }
  parameters.set('crm_feature_set', FEATURE_SET);
  if (options.checkLevel !== undefined) {
    parameters.set('OCF_CHECK_LEVEL', String(options.checkLevel));
  }
  return parameters;
}

/** Where an action runs; only who runs it knows that. As the fake `crm_node -n` says it, too. */
function here(): ReadonlyMap<string, string> {
  return new Map([
    ['CRM_meta_on_node', hostname()],
    ['CRM_meta_on_node_uuid', '1'],
  ]);
}

/** The environment of an OCF agent as Pacemaker's executor and controller make it [ocf-agents 1.4], nothing else. */
export function agentEnvironment(
  { type, provider = '' }: Subject,
  call: Call,
  base: Readonly<Record<string, string>>,
  ocfRoot: string,
): Record<string, string> {
  const { action, instance, intervalMs, timeoutMs, options } = call;
  const parameters = new Map([...here(), ...parametersOf(call)]);
  const rsc = { id: instance.name, class: 'ocf', provider, type };
  const own = ocfEnvironment({ rsc, name: action, intervalMs, timeoutMs, parameters }, ocfRoot);
  return inherited({ ...base, ...own }, options);
}

/** An environment with what a check wants otherwise. */
export function inherited(
  base: Readonly<Record<string, string | undefined>>,
  { env = {} }: RunOptions,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...base, ...env }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
