/** Of what each kind of alert tells, as a cluster of Pacemaker 2.1 does [Pacemaker Explained, Alerts: environment variables]. */
const OF_KIND: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  node: { node: 'node-2', nodeid: '2', desc: 'lost' },
  fencing: {
    node: 'node-2',
    desc: 'Operation off of node-2 by node-1 for pacemaker-controld.812@node-1: OK (ref=a1b2c3)',
    task: 'off',
    rc: '0',
  },
  resource: {
    node: 'node-1',
    nodeid: '1',
    rsc: 'web',
    task: 'monitor',
    interval: '10000',
    desc: 'not running',
    target_rc: '0',
    rc: '7',
    status: '0',
    exec_time: '23',
  },
  attribute: { node: 'node-1', nodeid: '1', attribute_name: 'pingd', attribute_value: '100' },
};

/** Of every alert; the time is one that can be told from another. */
const OF_ALL = {
  version: '2.1.5',
  timestamp: '21:43:15.004217',
  timestamp_epoch: '1700000000',
  timestamp_usec: '4217',
} as const;

/** What may be there or not: by the version of Pacemaker, the settings of the alert, and what is known of the event. */
export const OPTIONAL_VARIABLES: readonly string[] = [
  ...['timestamp', 'timestamp_epoch', 'timestamp_usec', 'nodeid', 'exec_time', 'interval'],
  'node_sequence',
].map((name) => `CRM_alert_${name}`);

/** The kinds that there are. */
export const ALERT_KINDS: readonly string[] = Object.keys(OF_KIND);

/** The variables of an alert; of a kind that nobody knows those of all kinds. */
export function alertVariables(kind: string, sequence: number): Record<string, string> {
  const all = { ...OF_ALL, kind, node_sequence: String(sequence), ...OF_KIND[kind] };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [`CRM_alert_${name}`, value]));
}

/** The same under the names that Pacemaker 1.1.14 had, and 2.1 still sets beside the others [protocol 5.14]. */
export function oldVariables(kind: string): Record<string, string> {
  const entries = Object.entries(alertVariables(kind, 1));
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace('CRM_alert_', 'CRM_notify_'), value]),
  );
}
