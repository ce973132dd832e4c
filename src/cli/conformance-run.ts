import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { VERSION } from '../config/version.ts';
import { type Baseline, compare, readBaseline, requireSameAgent } from '../conformance/baseline.ts';
import { checksFor } from '../conformance/catalog.ts';
import { runChecks } from '../conformance/engine.ts';
import type { RunSettings } from '../conformance/job.ts';
import { eventMask } from '../conformance/mask-event.ts';
import { readMetadata } from '../conformance/metadata/read-metadata.ts';
import { repeatCommand } from '../conformance/output/repeat-command.ts';
import { safeLine } from '../conformance/output/safe-text.ts';
import type { RunEvent, RunReport } from '../conformance/result.ts';
import { maskedParameters, privateNames, secretsOf, textMask } from '../conformance/secrets.ts';
import { select } from '../conformance/selection.ts';
import { readSubject } from '../conformance/subject/read-subject.ts';
import type { Subject } from '../conformance/subject.ts';
import { messageOf } from '../errors/agent-error.ts';
import { agentOf, casesOf, parameterNotes } from './conformance-agent.ts';
import { makePlace, type RunPlace } from './conformance-place.ts';
import type { ConformanceRequest } from './conformance-request.ts';
import { statusOf } from './conformance-status.ts';
import { EXIT, type ExitStatus, usageError } from './exit-status.ts';
import type { Io } from './io.ts';
import { Results } from './results.ts';

/**
 * Runs the checks of an agent and shows what comes of them.
 * @throws AgentError if it can't even begin: CONFIG_INVALID, CASES_INVALID, AGENT_NOT_FOUND, SANDBOX_UNAVAILABLE
 */
export async function runConformance(request: ConformanceRequest, io: Io): Promise<ExitStatus> {
  const agent = await agentOf(request, io);
  // Mistakes are told before anything runs.
  const cases = await casesOf(agent, request, io);
  const { chosen } = select(await checksFor({ class: agent.class, cases }), request.wish);
  const baseline = await baselineOf(request, io);
  const place = await makePlace(request, agent, io);
  const asked = settingsOf(request, { cases });
  const subject = await readSubject(
    { agent, cases, settings: asked, runner: place.runner, readMetadata },
    io.signal,
  );
  note(parameterNotes(subject), request, io);
  const results = await Results.open(request, io);
  try {
    const report = await run({ request, subject, place, results, chosen, baseline }, io.signal);
    return endStatus(io.signal) ?? statusOf(report, request.strict);
  } finally {
    await results.close();
  }
}

interface RunParts {
  readonly request: ConformanceRequest;
  readonly subject: Subject;
  readonly place: RunPlace;
  readonly results: Results;
  readonly chosen: Awaited<ReturnType<typeof checksFor>>;
  readonly baseline: Baseline | undefined;
}

/** @returns the report as it was shown */
async function run(parts: RunParts, signal: AbortSignal): Promise<RunReport> {
  const { request, subject, place, results, chosen: checks, baseline } = parts;
  const mask = eventMask(subject);
  const compared = (report: RunReport): RunReport =>
    baseline === undefined ? report : { ...report, comparison: compare(baseline, report, request.strict) };
  let shown: RunReport | undefined;
  const onEvent = (event: RunEvent): void => {
    const masked = mask(event);
    if (masked.type === 'ended') {
      shown = compared(masked.report);
      results.take({ type: 'ended', report: shown });
    } else {
      results.take(masked);
    }
  };
  const plan = {
    ...{ subject, checks, runner: place.runner, place: place.name, repeat: request.repeat, bundlet: VERSION },
    settings: settingsOf(request, subject),
    ...(request.jobs === undefined ? {} : { jobs: request.jobs }),
  };
  const report = await runChecks(plan, onEvent, signal);
  return shown ?? report;
}

function settingsOf(request: ConformanceRequest, subject: Pick<Subject, 'metadata' | 'cases'>): RunSettings {
  const { seed, timeoutFactor, live, keep } = request;
  return { seed, timeoutFactor, live, keep, command: commandOf(request, subject) };
}

/** Without what only says how results are shown, and which checks are meant. */
function commandOf(request: ConformanceRequest, subject: Pick<Subject, 'metadata' | 'cases'>): string {
  const { agent = '', parameters, casesFile, seed, timeoutFactor, inPlace, live, target } = request;
  const mask = textMask(secretsOf(subject));
  const shown = maskedParameters(parameters, privateNames(subject));
  return repeatCommand({
    agent,
    parameters: Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, mask(value)])),
    options: [
      ...(casesFile === undefined ? [] : [['--cases', casesFile]]),
      ...(seed === 1 ? [] : [['--seed', String(seed)]]),
      ...(timeoutFactor === 1 ? [] : [['--timeout-factor', String(timeoutFactor)]]),
      ...(inPlace ? [['--in-place']] : []),
      ...(live ? [['--live']] : []),
      ...(target === undefined
        ? []
        : [
            ['--host', target.host],
            ['--port', String(target.port)],
            ['--authkey', target.keyFile],
          ]),
    ],
  });
}

async function baselineOf(
  { baselineFile, agent = '' }: ConformanceRequest,
  { cwd }: Io,
): Promise<Baseline | undefined> {
  if (baselineFile === undefined) {
    return undefined;
  }
  const text = await readFile(resolve(cwd, baselineFile), 'utf8').catch((cause: unknown) => {
    throw usageError(`Expected --baseline to be a report that can be read, got ${messageOf(cause)}`, cause);
  });
  const baseline = readBaseline(text, baselineFile);
  requireSameAgent(baseline, agent);
  return baseline;
}

function note(texts: readonly string[], { detail }: ConformanceRequest, { err }: Io): void {
  for (const text of detail === 'quiet' ? [] : texts) {
    err.write(`bundlet: note: ${safeLine(text)}\n`);
  }
}

/** Why it ended before its time, if it did. */
function endStatus(signal: AbortSignal): ExitStatus | undefined {
  if (!signal.aborted) {
    return undefined;
  }
  return signal.reason === 'SIGINT'
    ? EXIT.interrupted
    : signal.reason === 'SIGTERM'
      ? EXIT.terminated
      : EXIT.unable;
}
