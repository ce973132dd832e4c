// OpenMetrics 1.0 by hand: a client library would take 4 to 6 MB.
import type { Health, Status } from './model.ts';
import { RESOURCE_STATES } from './model.ts';
import { BUCKETS, type Counters, type Histogram, OPERATION_RESULTS } from './record/counters.ts';

/** Every metric. `docs/metrics.md` is made from this table; counters have `_total` behind the name. */
export const METRICS = {
  pcmk_agent_build: { type: 'info', help: 'The daemon and its version' },
  pcmk_agent_start_time_seconds: { type: 'gauge', help: 'When the daemon started, in seconds since 1970' },
  pcmk_agent_listening: { type: 'gauge', help: '1 while controllers can connect, else 0' },
  pcmk_agent_key_usable: { type: 'gauge', help: '1 while a controller can prove itself, else 0' },
  pcmk_agent_probe: { type: 'gauge', help: '1 while the probe (livez, readyz, healthz) holds, else 0' },
  pcmk_agent_operations: {
    type: 'counter',
    help: 'Runs of operations that ended: ok, failed, timed_out, or cancelled',
  },
  pcmk_agent_operation_duration_seconds: { type: 'histogram', help: 'How long runs of operations took' },
  pcmk_agent_operation_lateness_seconds: {
    type: 'histogram',
    help: 'How much later than their interval recurring operations ran',
  },
  pcmk_agent_operations_queued: { type: 'gauge', help: 'Operations that wait for their turn' },
  pcmk_agent_operations_running: { type: 'gauge', help: 'Operations whose agent runs now' },
  pcmk_agent_resource_state: {
    type: 'gauge',
    help: '1 for the state that a resource is in, 0 for the others',
  },
  pcmk_agent_resource_restarts: { type: 'counter', help: 'Starts that succeeded, after the first one' },
  pcmk_agent_resource_failures: { type: 'counter', help: 'Runs that failed' },
  pcmk_agent_connections: {
    type: 'gauge',
    help: 'Peers that are connected now; controllers have registered',
  },
  pcmk_agent_connections_accepted: { type: 'counter', help: 'Peers that were authenticated' },
  pcmk_agent_handshake_failures: {
    type: 'counter',
    help: 'Peers that were refused before they were authenticated',
  },
  pcmk_agent_orphans_reaped: { type: 'counter', help: 'Processes that PID 1 reaped because nobody else did' },
  pcmk_agent_daemon_restarts: { type: 'counter', help: 'How often PID 1 started the daemon again' },
  pcmk_agent_solo_fail_count: {
    type: 'gauge',
    help: 'Failures that solo mode counts against migration-threshold',
  },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory of the daemon' },
  process_cpu_seconds: { type: 'counter', help: 'Processor time of the daemon' },
} as const satisfies Record<string, { type: 'gauge' | 'counter' | 'histogram' | 'info'; help: string }>;
type MetricName = keyof typeof METRICS;

/** The content type of the text. */
export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface MetricsFacts {
  readonly status: Status;
  readonly health: readonly Health[];
  readonly counters: Counters;
  readonly connections: { readonly accepted: number; readonly refused: number };
  readonly isKeyUsable: boolean;
  readonly cpuSeconds: number;
}

type Labels = Readonly<Record<string, string>>;

/** All that can be counted of a daemon, as text. Every series stays as long as what it is of: nothing is left out at 0. */
export function metricsText(facts: MetricsFacts): string {
  const page = new Page();
  tellDaemon(page, facts);
  tellOperations(page, facts);
  tellResources(page, facts.status);
  tellConnections(page, facts);
  return page.text();
}

function tellDaemon(page: Page, { status, health, isKeyUsable, cpuSeconds }: MetricsFacts): void {
  const { daemon, init, solo } = status;
  page.add('pcmk_agent_build', 1, { version: daemon.version });
  page.add('pcmk_agent_start_time_seconds', daemon.startedAtMs / 1000);
  page.add('pcmk_agent_listening', Number(daemon.state === 'running'));
  page.add('pcmk_agent_key_usable', Number(isKeyUsable));
  for (const { probe, isHealthy } of health) {
    page.add('pcmk_agent_probe', Number(isHealthy), { probe });
  }
  page.add('pcmk_agent_orphans_reaped', init?.reapedOrphans ?? 0);
  page.add('pcmk_agent_daemon_restarts', init?.daemonRestarts ?? 0);
  if (solo !== undefined) {
    page.add('pcmk_agent_solo_fail_count', solo.failCount, { resource: solo.resource });
  }
  page.add('process_resident_memory_bytes', daemon.memoryBytes);
  page.add('process_cpu_seconds', cpuSeconds);
}

function tellOperations(page: Page, { status, counters }: MetricsFacts): void {
  for (const { resource, action, results, durations } of counters.operations) {
    for (const result of OPERATION_RESULTS) {
      page.add('pcmk_agent_operations', results.get(result) ?? 0, { resource, action, result });
    }
    page.addHistogram('pcmk_agent_operation_duration_seconds', durations, { resource, action });
  }
  page.addHistogram('pcmk_agent_operation_lateness_seconds', counters.lateness, {});
  const sum = (of: (resource: Status['resources'][number]) => number): number =>
    status.resources.reduce((total, resource) => total + of(resource), 0);
  page.add(
    'pcmk_agent_operations_queued',
    sum(({ queued }) => queued),
  );
  page.add(
    'pcmk_agent_operations_running',
    sum(({ running }) => running.length),
  );
}

function tellResources(page: Page, { resources }: Status): void {
  for (const { id: resource, state: present, restarts, failures } of resources) {
    for (const state of RESOURCE_STATES) {
      page.add('pcmk_agent_resource_state', Number(state === present), { resource, state });
    }
    page.add('pcmk_agent_resource_restarts', restarts, { resource });
    page.add('pcmk_agent_resource_failures', failures, { resource });
  }
}

function tellConnections(page: Page, { status, connections }: MetricsFacts): void {
  const controllers = status.peers.filter(({ name }) => name !== undefined).length;
  page.add('pcmk_agent_connections', controllers, { kind: 'controller' });
  page.add('pcmk_agent_connections', status.peers.length - controllers, { kind: 'other' });
  page.add('pcmk_agent_connections_accepted', connections.accepted);
  page.add('pcmk_agent_handshake_failures', connections.refused);
}

/** Samples by metric: all of one metric stand together [OpenMetrics 1.0, 3.2]. */
class Page {
  readonly #lines = new Map<MetricName, string[]>();

  add(name: MetricName, value: number, labels: Labels = {}): void {
    const suffixes = { counter: '_total', info: '_info', gauge: '', histogram: '' };
    this.#line(name, `${name}${suffixes[METRICS[name].type]}${labelText(labels)} ${value}`);
  }

  addHistogram(name: MetricName, { counts, sum }: Histogram, labels: Labels): void {
    let total = 0;
    counts.forEach((count, index) => {
      total += count;
      const bound = BUCKETS[index];
      const le = bound === undefined ? '+Inf' : Number.isInteger(bound) ? `${bound}.0` : String(bound);
      this.#line(name, `${name}_bucket${labelText({ ...labels, le })} ${total}`);
    });
    this.#line(name, `${name}_count${labelText(labels)} ${total}`);
    this.#line(name, `${name}_sum${labelText(labels)} ${Number(sum.toFixed(6))}`);
  }

  text(): string {
    const parts = [...this.#lines].map(([name, lines]) => {
      const { type, help } = METRICS[name];
      const unit = /_(seconds|bytes)$/.exec(name)?.[1];
      const unitLine = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
      return [`# TYPE ${name} ${type}`, ...unitLine, `# HELP ${name} ${help}.`, ...lines].join('\n');
    });
    return `${parts.join('\n')}\n# EOF\n`;
  }

  #line(name: MetricName, line: string): void {
    const lines = this.#lines.get(name);
    if (lines === undefined) {
      this.#lines.set(name, [line]);
    } else {
      lines.push(line);
    }
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
