import type { Run, RunOptions } from '../../run.ts';
import type { Trial } from '../../trial.ts';

export const OK: readonly number[] = [0];
export const RECIPIENT = 'CRM_alert_recipient';
export const SOURCE = 'Pacemaker Explained, Alerts: writing an alert agent';

/** An event of a kind as it happens in other ways, too. */
export const EVENTS: readonly (readonly [kind: string, when: string, env: RunOptions['env']])[] = [
  ['node', 'when a node is lost', {}],
  ['node', 'when a node joins', { CRM_alert_desc: 'member' }],
  ['fencing', 'when a node is fenced', {}],
  [
    'fencing',
    'when fencing fails',
    { CRM_alert_rc: '-201', CRM_alert_desc: 'Operation off of node-2 failed' },
  ],
  ['resource', 'when a monitor fails', {}],
  ['resource', 'when a start succeeds', resource('start', '0', 'ok')],
  [
    'resource',
    'when an action is cancelled',
    { ...resource('monitor', '0', 'Cancelled'), CRM_alert_status: '1' },
  ],
  ['attribute', 'when an attribute changes', {}],
];

function resource(task: string, rc: string, desc: string): Record<string, string> {
  return { CRM_alert_task: task, CRM_alert_rc: rc, CRM_alert_desc: desc, CRM_alert_interval: '0' };
}

/** Judges the code alone; that it takes too long is for AL-02. */
export async function expectOk(
  trial: Trial,
  kind: string,
  { when, ...options }: RunOptions & { readonly when: string },
): Promise<Run> {
  const run = await trial.run(kind, options);
  if (run.end.kind !== 'timed-out') {
    trial.judge({ ...run, action: `the alert ${kind}` }, { rc: OK, when });
  }
  return run;
}

/** A folder that the user of alerts may write to. */
export async function openFolder(trial: Trial): Promise<string> {
  const folder = `${trial.place.scratch}/alert`;
  const { code, output } = await trial.place.sh(`mkdir -p '${folder}' && chmod 1777 '${folder}'`);
  if (code !== 0) {
    throw new Error(`Expected a folder for the alert agent, got ${code}: ${output.trim()}`);
  }
  return folder;
}
