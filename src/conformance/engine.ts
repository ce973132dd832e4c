import { readFile } from 'node:fs/promises';
import { release, userInfo } from 'node:os';
import { messageOf } from '../errors/agent-error.ts';
import type { Check } from './check.ts';
import { costsOf, summaryOf } from './costs.ts';
import type { JobRunner, RunSettings } from './job.ts';
import { jobLimitMs } from './job-limit.ts';
import type { CheckResult, RunEvent, RunReport } from './result.ts';
import type { Subject } from './subject.ts';

/** Everything that is to be run. */
export interface RunPlan {
  readonly subject: Subject;
  /** In the order in which they are reported. */
  readonly checks: readonly Check[];
  readonly settings: RunSettings;
  readonly runner: JobRunner;
  /** At a time; never more than the runner carries. Default: what it carries. */
  readonly jobs?: number;
  /** How often each check is run. Default: 1. */
  readonly repeat?: number;
  /** `sandbox`, `in-place`, or `host:port` of a daemon. */
  readonly place: string;
  /** Version of this program. */
  readonly bundlet: string;
}

/**
 * Carries out all checks, some at a time, and tells of it as it goes; `check-ended` comes in the order of the checks. When the signal is
 * aborted what runs is ended, and the report says what is known by then. Never rejects for what an agent does, and always ends.
 */
export async function runChecks(
  plan: RunPlan,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<RunReport> {
  const startedMs = performance.now();
  const head = await describeRun(plan);
  onEvent({ type: 'began', report: head, checks: plan.checks.map(({ id }) => id) });
  const checks = await carryOut(plan, onEvent, signal);
  const report: RunReport = {
    ...head,
    ms: Math.round(performance.now() - startedMs),
    checks,
    costs: costsOf(checks),
    summary: summaryOf(checks),
  };
  onEvent({ type: 'ended', report });
  return report;
}

/** Results by the order of the checks; those that were not begun when the run was interrupted are skipped. */
async function carryOut(
  plan: RunPlan,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const { checks, runner, jobs = runner.limit } = plan;
  const results: (CheckResult | undefined)[] = checks.map(() => undefined);
  let next = 0;
  let told = 0;
  const work = async (): Promise<void> => {
    for (let at = next; at < checks.length; at = next) {
      next += 1;
      results[at] = await carryOutOne(plan, checks[at] as Check, { onEvent, signal });
      for (let result = results[told]; result !== undefined; result = results[told]) {
        onEvent({ type: 'check-ended', result });
        told += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, runner.limit, checks.length) }, work));
  return results.filter((result) => result !== undefined);
}

/** All repetitions of a check; the first that does not pass is what counts. */
async function carryOutOne(
  { subject, settings, runner, repeat = 1 }: RunPlan,
  check: Check,
  { onEvent, signal }: { readonly onEvent: (event: RunEvent) => void; readonly signal: AbortSignal },
): Promise<CheckResult> {
  const { id, level, title } = check;
  const without = (verdict: CheckResult['verdict'], reason: string): CheckResult => ({
    ...{ id, level, title, verdict, reason, findings: [], notes: [], ms: 0, runs: [] },
    repeat: `${settings.command} --only ${id}`,
  });
  if (signal.aborted) {
    return without('skipped', 'It was interrupted');
  }
  onEvent({ type: 'check-began', id, title });
  // Known before: no place has to be made for it.
  const reason = subject.cases.skip?.[id] ?? check.skip?.(subject);
  if (reason !== undefined) {
    return without('skipped', reason);
  }
  const job = { subject, check: id, settings, limitMs: jobLimitMs(subject, settings) };
  for (let turn = 1; ; turn += 1) {
    const result = await runner
      .run(job, (run) => onEvent({ type: 'action', id, run }), signal)
      // A place that could not be made is a fault of ours; the other checks go on.
      .catch((error: unknown) => without('broken', messageOf(error)));
    if (result.verdict !== 'passed' || turn === repeat) {
      return repeat === 1 ? result : { ...result, notes: [...result.notes, `Run ${turn} of ${repeat}`] };
    }
  }
}

async function describeRun({
  subject,
  settings,
  place,
  bundlet,
}: RunPlan): Promise<Omit<RunReport, 'checks' | 'costs' | 'summary' | 'ms'>> {
  const { metadata, cases, class: checked, name, path } = subject;
  return {
    schemaVersion: 1,
    bundlet,
    agent: {
      ...{ class: checked, name, path },
      ...(metadata?.agentVersion === undefined ? {} : { agentVersion: metadata.agentVersion }),
      ...(metadata === undefined ? {} : { apiVersion: metadata.apiVersion }),
      parameters: cases.instances[0]?.parameters ?? {},
    },
    environment: {
      system: await systemName(),
      kernel: release(),
      user: userName(),
      place,
      seed: settings.seed,
    },
    startedAt: new Date().toISOString(),
  };
}

/** As os-release(5) has it for people. */
async function systemName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)/m.exec(text)?.[1] ?? 'Linux';
}

/** Containers run programs as users that have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
