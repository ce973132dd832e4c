// JSON schemas of the documents that `bundlet --output json` prints; `npm run docs` writes them to docs/schemas.
import { PROBES, RESOURCE_STATES } from '../src/control/model.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const truth: Schema = { type: 'boolean' };
/** A count or a time in milliseconds. */
const count: Schema = { type: 'integer', minimum: 0 };
const amount: Schema = { type: 'number', minimum: 0 };
const whole: Schema = { type: 'integer' };
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: values });
const texts: Schema = { type: 'object', additionalProperties: text };

/** Required fields, and others. Nothing else: who reads it may rely on that within a version. */
const record = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

const hang = record({
  processes: list(record({ pid: whole, parent: whole, state: text, command: text }, { waitsIn: text })),
  isCut: truth,
  lastLines: list(text),
});

const run = record(
  {
    resource: text,
    action: text,
    intervalMs: count,
    timeoutMs: count,
    callId: count,
    rc: whole,
    status: text,
    isFailure: truth,
    startedAtMs: count,
    execMs: amount,
    queueMs: amount,
    latenessMs: amount,
    repeats: count,
    agent: text,
    parameters: texts,
  },
  { exitReason: text, output: text, hang, cpuMs: amount, maxRssKb: count },
);

const resource = record(
  {
    id: text,
    class: text,
    type: text,
    state: oneOf(RESOURCE_STATES),
    sinceMs: count,
    recurring: list(
      record({ action: text, intervalMs: count, timeoutMs: count }, { rc: whole, lastAtMs: count }),
    ),
    running: list(
      record({ action: text, intervalMs: count, timeoutMs: count, callId: count, startedAtMs: count }),
    ),
    failures: count,
    restarts: count,
    queued: count,
  },
  { provider: text, lastFailure: run },
);

const check = record({ name: text, result: oneOf(['ok', 'warning', 'failed']), text }, { remedy: text });

const status: readonly [Readonly<Record<string, Schema>>, Readonly<Record<string, Schema>>] = [
  {
    daemon: record(
      {
        version: text,
        pid: whole,
        startedAtMs: count,
        uptimeMs: count,
        addresses: list(text),
        port: count,
        state: oneOf(['starting', 'running', 'stopping']),
        logLevel: text,
        memoryBytes: count,
        authentication: oneOf(['key', 'certificates']),
        protocolVersion: text,
      },
      { keyFingerprint: text },
    ),
    resources: list(resource),
    peers: list(record({ address: text, isProvider: truth, sinceMs: count }, { name: text })),
  },
  {
    init: record({ pid: whole, reapedOrphans: count, daemonRestarts: count }),
    solo: record(
      { file: text, state: text, resource: text, failCount: count, migrationThreshold: count },
      { reason: text },
    ),
  },
];

const DOCUMENTS: Readonly<
  Record<string, readonly [Readonly<Record<string, Schema>>, Readonly<Record<string, Schema>>?]>
> = {
  status,
  resources: [{ resources: list(resource) }],
  history: [{ runs: list(run) }],
  health: [{ probe: oneOf(PROBES), isHealthy: truth, checks: list(check) }],
  checks: [{ checks: list(check) }],
  explanation: [
    { resource, remedies: list(text) },
    { failure: run, last: run },
  ],
  exec: [{ run }, { trace: text }],
  event: [{ time: text, level: text, event: text, text, fields: { type: 'object' } }],
  'log-level': [{ level: text }],
  agents: [{ agents: list(text) }],
  agent: [
    {
      agent: text,
      title: text,
      version: text,
      parameters: list(
        record({ name: text, type: text, required: truth, description: text }, { default: text }),
      ),
      actions: list(record({ name: text }, { timeoutMs: count, intervalMs: count, depth: text })),
    },
  ],
  config: [
    {
      settings: list(record({ name: text, value: text })),
      problems: list(record({ setting: text, problem: text })),
    },
  ],
};

/** Every schema by the kind of its document. */
export const SCHEMAS: Readonly<Record<string, Schema>> = Object.fromEntries(
  Object.entries(DOCUMENTS).map(([kind, [required, optional]]) => [
    kind,
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: `bundlet.${kind}/1`,
      ...record({ schema: { const: `bundlet.${kind}/1` }, ...required }, optional),
    },
  ]),
);
