import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Action } from '../../../../src/standards/action.ts';
import type { ActionResult } from '../../../../src/standards/result.ts';
import { busUnavailable, callFailed } from '../../../../src/standards/systemd/failures.ts';
import type { SystemdManager } from '../../../../src/standards/systemd/manager.ts';
import { SystemBus } from '../../../../src/standards/systemd/system-bus.ts';
import { SystemdRunner } from '../../../../src/standards/systemd/systemd.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';

/** A systemd that does what the test says. Answers wait for `answer` where the test holds them back. */
export class FakeManager implements SystemdManager {
  /** Every call: `queueJob start x.service`. */
  readonly calls: string[] = [];
  readonly states: Record<string, string> = {
    ActiveState: 'active',
    LoadState: 'loaded',
    Description: 'A unit',
  };
  readonly jobs = new Set<string>();
  /** What a method fails with. */
  readonly errors = new Map<string, Error>();
  /** Called when a method is, before it answers. */
  onCall: (call: string) => void = () => undefined;
  /** Methods that never answer. */
  readonly silent = new Set<string>();
  readonly #onJobRemoved = new Set<(job: string, result: string) => void>();
  readonly #onClosed = new Set<() => void>();

  get listeners(): number {
    return this.#onJobRemoved.size + this.#onClosed.size;
  }

  loadUnit = (unit: string, signal: AbortSignal) =>
    this.#answer('loadUnit', unit, signal, () => `/unit/${unit}`);

  unitProperty = (_path: string, property: string, signal: AbortSignal) =>
    this.#answer('unitProperty', property, signal, () => this.states[property] ?? '');

  queueJob = (verb: string, unit: string, signal: AbortSignal) =>
    this.#answer('queueJob', `${verb} ${unit}`, signal, () => {
      this.jobs.add('/job/1');
      return '/job/1';
    });

  jobExists = (job: string, signal: AbortSignal) =>
    this.#answer('jobExists', job, signal, () => this.jobs.has(job));

  daemonReload = (signal: AbortSignal) => this.#answer('daemonReload', '', signal, () => undefined);

  listUnitFiles = (signal: AbortSignal) =>
    this.#answer('listUnitFiles', '', signal, () => ['b.service', 'a.socket', 'c.target']);

  listUnits = (signal: AbortSignal) =>
    this.#answer('listUnits', '', signal, () => ['b.service', 'a.service', 'x.slice']);

  onJobRemoved(listener: (job: string, result: string) => void) {
    this.#onJobRemoved.add(listener);
    return () => this.#onJobRemoved.delete(listener);
  }

  onClosed(listener: () => void) {
    this.#onClosed.add(listener);
    return () => this.#onClosed.delete(listener);
  }

  close(): void {
    for (const listener of [...this.#onClosed]) {
      listener();
    }
  }

  endJob(result: string, job = '/job/1'): void {
    this.jobs.delete(job);
    for (const listener of [...this.#onJobRemoved]) {
      listener(job, result);
    }
  }

  fail(method: string, name: string, text = 'no'): void {
    this.errors.set(method, callFailed(name, text));
  }

  async #answer<T>(method: string, what: string, signal: AbortSignal, value: () => T): Promise<T> {
    const call = `${method} ${what}`.trim();
    this.calls.push(call);
    this.onCall(call);
    const error = this.errors.get(method);
    if (error !== undefined) {
      throw error;
    }
    if (this.silent.has(method)) {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('given up')));
        this.onClosed(() => reject(busUnavailable('gone')));
      });
    }
    return value();
  }
}

export function makeKit(openError?: Error) {
  const clock = new FakeClock();
  const managers: FakeManager[] = [];
  const manager = new FakeManager();
  const dropIns = mkdtempSync(join(tmpdir(), 'bundlet-drop-ins-'));
  onTestFinished(() => rmSync(dropIns, { recursive: true }));
  const bus = new SystemBus(async () => {
    if (openError !== undefined) {
      throw openError;
    }
    managers.push(manager);
    return manager;
  }, clock);
  const runner = new SystemdRunner({ bus, clock, dropInDirectory: dropIns });
  const results: ActionResult[] = [];
  const begin = (name: string, fields: Partial<Action> = {}) => {
    const rsc = { id: 'r1', class: 'systemd', type: 'web' };
    const base = { rsc, name, intervalMs: 0, timeoutMs: 10_000, parameters: new Map<string, string>() };
    const { promise, resolve } = Promise.withResolvers<ActionResult>();
    const running = runner.run({ ...base, ...fields }, (result) => {
      results.push(result);
      resolve(result);
    });
    return { running, end: promise };
  };
  const run = (name: string, fields?: Partial<Action>): Promise<ActionResult> => begin(name, fields).end;
  return { clock, manager, managers, dropIns, bus, runner, results, begin, run };
}
