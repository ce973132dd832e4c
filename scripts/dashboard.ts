// docs/grafana/bundlet.json: the dashboard of Grafana, made of this table by `npm run docs`.

interface Panel {
  readonly title: string;
  readonly type: 'timeseries' | 'stat' | 'state-timeline' | 'table';
  /** PromQL, and how each series is called. */
  readonly queries: readonly (readonly [expression: string, legend: string])[];
  readonly unit?: string;
  /** Of 24 columns. */
  readonly width: number;
  readonly description: string;
}

const JOB = 'job=~"$job",instance=~"$instance"';
const RESOURCE = `${JOB},resource=~"$resource"`;

export const PANELS: readonly Panel[] = [
  {
    title: 'Ready',
    type: 'stat',
    queries: [[`pcmk_agent_probe{${JOB},probe="readyz"}`, '{{instance}}']],
    width: 4,
    description: '1: everything runs that is to run there',
  },
  {
    title: 'Healthy',
    type: 'stat',
    queries: [[`pcmk_agent_probe{${JOB},probe="healthz"}`, '{{instance}}']],
    width: 4,
    description: '1: nothing has failed',
  },
  {
    title: 'Restarts in an hour',
    type: 'stat',
    queries: [
      [`sum by (instance) (increase(pcmk_agent_resource_restarts_total{${RESOURCE}}[1h]))`, '{{instance}}'],
    ],
    width: 4,
    description: 'Starts after the first one, inside the containers',
  },
  {
    title: 'Failures in an hour',
    type: 'stat',
    queries: [
      [`sum by (instance) (increase(pcmk_agent_resource_failures_total{${RESOURCE}}[1h]))`, '{{instance}}'],
    ],
    width: 4,
    description: 'Runs of operations that failed',
  },
  {
    title: 'Controllers',
    type: 'stat',
    queries: [[`pcmk_agent_connections{${JOB},kind="controller"}`, '{{instance}}']],
    width: 4,
    description: 'Cluster nodes that are connected, or solo mode',
  },
  {
    title: 'Up for',
    type: 'stat',
    queries: [[`time() - pcmk_agent_start_time_seconds{${JOB}}`, '{{instance}}']],
    unit: 's',
    width: 4,
    description: 'Since the daemon started',
  },
  {
    title: 'State of each resource',
    type: 'state-timeline',
    queries: [[`pcmk_agent_resource_state{${RESOURCE}} == 1`, '{{instance}} {{resource}}: {{state}}']],
    width: 24,
    description: 'A band for as long as a resource is in a state',
  },
  {
    title: 'Operations',
    type: 'timeseries',
    queries: [
      [
        `sum by (resource, action, result) (rate(pcmk_agent_operations_total{${RESOURCE}}[$__rate_interval])) > 0`,
        '{{resource}} {{action}} {{result}}',
      ],
    ],
    unit: 'ops',
    width: 12,
    description: 'Runs that ended, a second',
  },
  {
    title: 'How long operations take, 95 %',
    type: 'timeseries',
    queries: [
      [
        `histogram_quantile(0.95, sum by (resource, action, le) (rate(pcmk_agent_operation_duration_seconds_bucket{${RESOURCE}}[$__rate_interval])))`,
        '{{resource}} {{action}}',
      ],
    ],
    unit: 's',
    width: 12,
    description: '19 of 20 runs take less',
  },
  {
    title: 'Waiting and running operations',
    type: 'timeseries',
    queries: [
      [`pcmk_agent_operations_queued{${JOB}}`, '{{instance}} waiting'],
      [`pcmk_agent_operations_running{${JOB}}`, '{{instance}} running'],
    ],
    width: 8,
    description: 'Many waiting: a resource is stuck in one operation',
  },
  {
    title: 'Lateness of monitors, mean',
    type: 'timeseries',
    queries: [
      [
        `rate(pcmk_agent_operation_lateness_seconds_sum{${JOB}}[$__rate_interval]) / rate(pcmk_agent_operation_lateness_seconds_count{${JOB}}[$__rate_interval])`,
        '{{instance}}',
      ],
    ],
    unit: 's',
    width: 8,
    description: 'Too few processors, or too many monitors',
  },
  {
    title: 'Refused connections, orphans, restarts of the daemon',
    type: 'timeseries',
    queries: [
      [`increase(pcmk_agent_handshake_failures_total{${JOB}}[$__rate_interval])`, '{{instance}} refused'],
      [`increase(pcmk_agent_orphans_reaped_total{${JOB}}[$__rate_interval])`, '{{instance}} orphans'],
      [
        `increase(pcmk_agent_daemon_restarts_total{${JOB}}[$__rate_interval])`,
        '{{instance}} daemon restarts',
      ],
    ],
    width: 8,
    description: 'Refused: somebody has another key',
  },
  {
    title: 'Memory of the daemon',
    type: 'timeseries',
    queries: [[`process_resident_memory_bytes{${JOB}}`, '{{instance}}']],
    unit: 'bytes',
    width: 12,
    description: 'Resident, with what it shares with other Nodes',
  },
  {
    title: 'Processor time of the daemon',
    type: 'timeseries',
    queries: [[`rate(process_cpu_seconds_total{${JOB}}[$__rate_interval])`, '{{instance}}']],
    unit: 'percentunit',
    width: 12,
    description: 'Of one processor',
  },
];

const HEIGHTS: Readonly<Record<Panel['type'], number>> = {
  stat: 4,
  timeseries: 8,
  'state-timeline': 8,
  table: 8,
};
const COLUMNS = 24;
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own variable
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const variable = (name: string, label: string, query: string): object => ({
  name,
  label,
  type: 'query',
  datasource: DATASOURCE,
  query: { query, refId: name },
  refresh: 2,
  includeAll: true,
  multi: true,
  current: { selected: true, text: ['All'], value: ['$__all'] },
});

/** As Grafana 9 and later import it. */
export function dashboard(): object {
  let x = 0;
  let y = 0;
  let height = 0;
  const panels = PANELS.map((panel, index) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += height;
      height = 0;
    }
    const gridPos = { x, y, w: panel.width, h: HEIGHTS[panel.type] };
    x += panel.width;
    height = Math.max(height, HEIGHTS[panel.type]);
    return {
      id: index + 1,
      title: panel.title,
      description: panel.description,
      type: panel.type,
      datasource: DATASOURCE,
      gridPos,
      fieldConfig: { defaults: { unit: panel.unit ?? 'short', min: 0 }, overrides: [] },
      targets: panel.queries.map(([expr, legendFormat], number) => ({
        refId: String.fromCharCode('A'.charCodeAt(0) + number),
        datasource: DATASOURCE,
        expr,
        legendFormat,
      })),
    };
  });
  return {
    title: 'Bundlet',
    uid: 'bundlet',
    tags: ['pacemaker', 'bundlet'],
    timezone: 'browser',
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    schemaVersion: 37,
    version: 1,
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        variable('job', 'Job', 'label_values(pcmk_agent_build_info, job)'),
        variable('instance', 'Instance', 'label_values(pcmk_agent_build_info{job=~"$job"}, instance)'),
        variable(
          'resource',
          'Resource',
          'label_values(pcmk_agent_resource_state{instance=~"$instance"}, resource)',
        ),
      ],
    },
    panels,
  };
}
