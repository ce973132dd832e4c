import { messageOf } from '../errors/agent-error.ts';
import type { Check } from './check.ts';
import { OngoingTrial, SkipError } from './ongoing-trial.ts';
import type { Parts } from './parts.ts';
import type { Place } from './place.ts';
import type { CheckResult, Verdict } from './result.ts';

/** Carries out one check, once. Never rejects. */
export async function perform(check: Check, parts: Parts, signal: AbortSignal): Promise<CheckResult> {
  const { subject, settings, place, clock } = parts;
  const startedMs = clock.nowMs();
  const trial = new OngoingTrial(parts, signal);
  const result = (verdict: Verdict, reason?: string): CheckResult => ({
    id: check.id,
    level: check.level,
    title: check.title,
    verdict,
    findings: trial.findings,
    ...(reason === undefined ? {} : { reason }),
    notes: trial.notes,
    ms: Math.round(clock.nowMs() - startedMs),
    runs: trial.runs,
    repeat: `${settings.command} --only ${check.id}`,
  });
  const reason = subject.cases.skip?.[check.id] ?? check.skip?.(subject) ?? lacking(check, place);
  if (reason !== undefined) {
    return result('skipped', reason);
  }
  try {
    await trial.prepare();
    await check.run(trial);
  } catch (error) {
    if (!(error instanceof SkipError)) {
      return signal.aborted ? result('failed', 'It did not end in time') : result('broken', messageOf(error));
    }
    // What was found before counts.
    return trial.findings.length > 0 ? result('failed') : result('skipped', error.message);
  }
  return result(trial.findings.length > 0 ? 'failed' : 'passed');
}

function lacking({ needs }: Check, { abilities }: Place): string | undefined {
  const missing = needs.filter((need) => !abilities.has(need));
  return missing.length === 0 ? undefined : `Needs ${missing.map((need) => WORDS[need]).join(' and ')}`;
}

const WORDS = {
  processes: 'to see the processes of the service',
  environment: 'to vary the environment of an action',
  traces: 'to see what is left in files, sockets and mounts',
  private: 'a sandbox of its own (root, or user namespaces)',
  users: 'to run as another user (root)',
  answers: "the agent's own exit code and outputs, which a daemon does not tell",
} as const;
