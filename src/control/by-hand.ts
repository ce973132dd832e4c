import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentError } from '../errors/agent-error.ts';
import { emit } from '../observe/events.ts';
import type { DaemonView } from './daemon-view.ts';
import type { ExecAsk, ExecResult, Run } from './model.ts';
import { noSuchResource } from './no-such-resource.ts';
import type { Recorder } from './record/recorder.ts';

/** Where nobody says how long an action may take, in ms. */
const USUAL_TIMEOUT_MS = 30_000;

/** So much of the end of a trace is given, in characters. */
const TRACE_LIMIT = 256 * 1024;

/** Actions that only look. Everything else may change what the controller believes of the resource. */
const LOOKING: ReadonlySet<string> = new Set(['monitor', 'status', 'meta-data', 'validate-all', 'usage']);

/**
 * Runs an action of a resource because somebody wants it, in turn with everything else of the resource, and with the
 * parameters that its controller used last.
 */
export async function runByHand(ask: ExecAsk, view: DaemonView, recorder: Recorder): Promise<ExecResult> {
  const { resource, action } = ask;
  const known = view.resources().find(({ spec }) => spec.id === resource);
  if (known === undefined) {
    throw noSuchResource(
      resource,
      view.resources().map(({ spec }) => spec.id),
    );
  }
  refuseWhatHarms(ask, view);
  emit('control.exec', { rsc: resource, op: action, trace: ask.trace, force: ask.force });
  const folder = ask.trace ? await mkdtemp(join(tmpdir(), 'bundlet-trace-')) : undefined;
  try {
    const callId = await execute(ask, view, recorder, folder);
    const run = newestRun(recorder, resource, callId);
    const trace = folder === undefined ? undefined : await readTrace(folder);
    return { run, ...(trace === undefined ? {} : { trace }) };
  } finally {
    if (folder !== undefined) {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function refuseWhatHarms({ resource, action, force }: ExecAsk, view: DaemonView): void {
  const keeper = view.peers().find(({ name }) => name !== undefined)?.name;
  if (keeper !== undefined && !force && !LOOKING.has(action)) {
    throw new AgentError(
      'FORCE_NEEDED',
      `Expected an action that only looks (monitor, validate-all, meta-data) while ${keeper} looks after ${resource}, got ${action}; ` +
        'its controller would see a failure and react. Do it through the controller, or use force',
    );
  }
}

/** @returns the call id */
function execute(
  { resource, action, timeoutMs, parameters }: ExecAsk,
  view: DaemonView,
  recorder: Recorder,
  traceFolder: string | undefined,
): Promise<number> {
  const usual = recorder.find(resource)?.parametersFor(action) ?? new Map();
  const given = new Map([...usual, ...Object.entries(parameters)]);
  // What it was called with belongs to the operation that it was used in.
  for (const name of ['CRM_meta_interval', 'CRM_meta_name', 'CRM_meta_timeout']) {
    given.delete(name);
  }
  const limitMs = timeoutMs > 0 ? timeoutMs : USUAL_TIMEOUT_MS;
  given.set('CRM_meta_timeout', String(limitMs));
  if (traceFolder !== undefined) {
    given.set('trace_ra', '1');
    given.set('trace_dir', traceFolder);
  }
  return new Promise((resolve, reject) => {
    const request = { rscId: resource, action, timeoutMs: limitMs, parameters: given };
    const isQueued = view.runByHand(request, ({ callId }) => resolve(callId));
    if (!isQueued) {
      reject(noSuchResource(resource, []));
    }
  });
}

function newestRun(recorder: Recorder, resource: string, callId: number): Run {
  const run = recorder.find(resource)?.runs.findLast((one) => one.callId === callId);
  if (run === undefined) {
    throw new AgentError('ABORTED', `The action of ${resource} was cancelled before it had a result`);
  }
  return run;
}

async function readTrace(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.sort().map((file) => readFile(file, 'utf8')));
  const text = texts.join('\n');
  return files.length === 0 ? undefined : text.slice(-TRACE_LIMIT);
}
