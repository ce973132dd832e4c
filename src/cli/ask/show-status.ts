import type { ResourceStatus, Run, Status } from '../../control/model.ts';
import { type Paint, paintState } from '../show/colours.ts';
import { facts, table } from '../show/table.ts';
import { ago, interval, span } from '../show/time.ts';
import { agentName, titleOf } from './show-run.ts';

/** What `bundlet status` shows people. */
export function statusText(status: Status, nowMs: number, paint: Paint): string {
  const { daemon, init, solo, peers, resources } = status;
  const controllers = peers.filter(({ name }) => name !== undefined);
  const key = daemon.keyFingerprint === undefined ? '' : `, fingerprint ${daemon.keyFingerprint}`;
  const lines: (readonly [string, string])[] = [
    [
      'Daemon',
      `Bundlet ${daemon.version} is ${paintState(paint, daemon.state)} for ${span(daemon.uptimeMs)}, pid ${daemon.pid}, ${megabytes(daemon.memoryBytes)}`,
    ],
    [
      'Listens on',
      `${daemon.addresses.length === 0 ? 'nothing' : daemon.addresses.join(', ')} port ${daemon.port}, by ${daemon.authentication}${key}`,
    ],
    [
      'PID 1',
      init === undefined
        ? 'not pcmk-init'
        : `pcmk-init, pid ${init.pid}; ${init.reapedOrphans} orphans reaped, daemon restarted ${init.daemonRestarts} times`,
    ],
    [
      'Controllers',
      controllers.length === 0
        ? 'none'
        : controllers
            .map(({ name, address, sinceMs }) => `${name} (${address}, since ${span(nowMs - sinceMs)})`)
            .join(', '),
    ],
  ];
  if (solo !== undefined) {
    const threshold = solo.migrationThreshold === 0 ? 'no limit' : `limit ${solo.migrationThreshold}`;
    const reason = solo.reason === undefined ? '' : `: ${solo.reason}`;
    lines.push([
      'Solo',
      `${solo.resource} is ${paintState(paint, solo.state)}${reason}; fail count ${solo.failCount}, ${threshold}`,
    ]);
  }
  return `${facts(lines)}\n${resourcesText(resources, nowMs, paint)}`;
}

/** The table of resources. */
export function resourcesText(resources: readonly ResourceStatus[], nowMs: number, paint: Paint): string {
  if (resources.length === 0) {
    return 'There are no resources: no controller has registered one.\n';
  }
  return table(
    ['resource', 'agent', 'state', 'since', 'monitors', 'restarts', 'failures', 'last failure'],
    resources.map((resource) => [
      resource.id,
      agentName(resource),
      paintState(paint, resource.state),
      span(nowMs - resource.sinceMs),
      resource.recurring
        .map(({ action, intervalMs }) => `${action === 'monitor' ? '' : `${action} `}${interval(intervalMs)}`)
        .join(', ') || '-',
      String(resource.restarts),
      String(resource.failures),
      resource.lastFailure === undefined ? '-' : failureText(resource.lastFailure, nowMs),
    ]),
  );
}

const LONGEST_REASON = 60;

function failureText(run: Run, nowMs: number): string {
  const why = run.exitReason ?? `rc ${run.rc}, ${run.status}`;
  const short = why.length > LONGEST_REASON ? `${why.slice(0, LONGEST_REASON)}…` : why;
  return `${titleOf(run)} ${ago(run.startedAtMs + run.execMs, nowMs)}: ${short}`;
}

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
