import type { Testbed } from './testbed.ts';

/** What the cluster's status knows of the operations on one node: of each its last result, and its failures. */
export interface OperationHistory {
  /** `TASK INTERVAL: RC TEXT`, in the order of the calls. */
  readonly results: readonly string[];
  /** `TASK INTERVAL: RC TEXT`; a failure is told until it is cleaned up. */
  readonly failures: readonly string[];
  /** What the agents said of these failures. */
  readonly reasons: readonly string[];
}

/** Asks `crm_mon`, which people and monitoring ask. */
export async function historyOf(testbed: Testbed, node: string): Promise<OperationHistory> {
  const xml = await testbed.on('node1', 'crm_mon', '-1', '--as-xml');
  const [history = ''] = /<node_history>[\s\S]*<\/node_history>/.exec(xml) ?? [];
  const [ofNode = ''] = new RegExp(`<node name="${node}">[\\s\\S]*?</node>`).exec(history) ?? [];
  const operations = elementsOf(ofNode, 'operation_history');
  const failures = elementsOf(xml, 'failure').filter((failure) => failure.get('node') === node);
  return {
    results: operations
      .toSorted((a, b) => Number(a.get('call')) - Number(b.get('call')))
      .map(
        (one) => `${one.get('task')} ${one.get('interval') ?? '0'}: ${one.get('rc')} ${one.get('rc_text')}`,
      ),
    failures: failures.map(
      (one) =>
        `${one.get('task')} ${one.get('interval')}: ${one.get('exitcode')} ${one.get('exitstatus')} (${one.get('status')})`,
    ),
    reasons: failures.map((one) => one.get('exitreason') ?? ''),
  };
}

type Attributes = ReadonlyMap<string, string>;

function elementsOf(xml: string, name: string): readonly Attributes[] {
  return [...xml.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map(
    ([, attributes = '']) =>
      new Map(
        [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
      ),
  );
}
