import { rm } from 'node:fs/promises';
import type { Call, Caller } from '../caller.ts';
import { declaredTimeoutMs } from '../declared.ts';
import type { LocalPlace } from '../place/local-place.ts';
import type { Subject } from '../subject.ts';

/** How long killed processes are waited for, in ms, and how often they are looked at. */
const GONE_LIMIT_MS = 2000;
const LOOK_MS = 20;

/**
 * Brings the machine back after a check that ran on it: stops every instance, runs the author's tear-down, kills what the check brought about
 * and is there still. @returns what had to be killed, for people
 */
export async function cleanUp(subject: Subject, place: LocalPlace, caller: Caller): Promise<string[]> {
  const notes: string[] = [];
  if (subject.class !== 'alert') {
    for (const instance of subject.cases.instances) {
      const timeoutMs = declaredTimeoutMs(subject, 'stop');
      const call: Call = { action: 'stop', instance, intervalMs: 0, timeoutMs, options: {} };
      await caller.call(call, new AbortController().signal);
    }
  }
  const { tearDown } = subject.cases;
  if (tearDown !== undefined) {
    const { code, output } = await place.sh(tearDown);
    if (code !== 0) {
      notes.push(`The tear-down ended with ${code}: ${output.trim().slice(-500)}`);
    }
  }
  await place.end();
  const left = (await place.processes()).filter(({ state }) => state !== 'Z');
  if (left.length > 0) {
    await place.signal(left, 'SIGKILL');
    notes.push(`Killed afterwards: ${left.map(({ pid, command }) => `${command} (pid ${pid})`).join(', ')}`);
    await untilGone(place);
  }
  await rm(place.scratch, { recursive: true, force: true });
  return notes;
}

async function untilGone(place: LocalPlace): Promise<void> {
  const endMs = performance.now() + GONE_LIMIT_MS;
  const isThere = async (): Promise<boolean> => (await place.processes()).some(({ state }) => state !== 'Z');
  while (performance.now() < endMs && (await isThere())) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
