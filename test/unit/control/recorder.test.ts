import { describe, expect, it } from 'vitest';
import type { DaemonView } from '../../../src/control/daemon-view.ts';
import { healthOf } from '../../../src/control/health.ts';
import type { KeyWatch } from '../../../src/control/key-watch.ts';
import { metricsText } from '../../../src/control/metrics.ts';
import type { Status } from '../../../src/control/model.ts';
import { Recorder } from '../../../src/control/record/recorder.ts';
import { Executor } from '../../../src/executor/executor.ts';
import { shownParameters } from '../../../src/standards/masked.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeRunner } from '../executor/kit.ts';

const RSC = { id: 'web', class: 'ocf', provider: 'heartbeat', type: 'apache' };

function kit() {
  const clock = new FakeClock();
  const runner = new FakeRunner();
  const recorder = new Recorder(() => clock.ms);
  const executor = new Executor({ clock, runner, observer: recorder }, () => undefined);
  executor.register(RSC, false);
  let callId = 0;
  const exec = (action: string, intervalMs = 0, parameters: Record<string, string> = {}): void => {
    callId += 1;
    executor.exec({
      rscId: 'web',
      action,
      intervalMs,
      timeoutMs: 20_000,
      startDelayMs: 0,
      parameters: new Map(Object.entries(parameters)),
      origOnly: false,
      changesOnly: false,
      origin: 'c',
      callId,
    });
  };
  const status = () => {
    const [snapshot] = executor.snapshot();
    if (snapshot === undefined) {
      throw new Error('Expected a resource');
    }
    return recorder.statusOf(snapshot);
  };
  const history = (failuresOnly = false, limit = 0) =>
    recorder.history({ resource: 'web', limit, failuresOnly });
  return { clock, runner, recorder, executor, exec, status, history };
}

describe('the record of a resource', () => {
  it('follows its state', () => {
    const { exec, runner, status } = kit();
    const states: string[] = [status().state];
    const step = (action: string, rc: number, intervalMs = 0): void => {
      exec(action, intervalMs);
      states.push(status().state);
      runner.end({ rc, rawRc: rc });
      states.push(status().state);
    };
    step('monitor', 7);
    step('start', 0);
    step('promote', 0);
    step('demote', 0);
    step('stop', 1);
    step('stop', 0);
    expect(states).toEqual([
      ...[
        'unknown',
        'unknown',
        'stopped',
        'starting',
        'running',
        'running',
        'promoted',
        'promoted',
        'running',
      ],
      ...['stopping', 'failed', 'stopping', 'stopped'],
    ]);
  });

  it('knows failures from answers: a probe may find nothing, a recurring monitor of what runs may not', () => {
    const { exec, runner, history, status, clock } = kit();
    exec('monitor');
    runner.end({ rc: 7, rawRc: 7 });
    exec('start');
    runner.end({});
    exec('monitor', 1000);
    runner.end({});
    clock.advance(1000);
    runner.end({ rc: 7, rawRc: 7 });
    expect(history().map(({ action, rc, isFailure }) => [action, rc, isFailure])).toEqual([
      ['monitor', 7, false],
      ['start', 0, false],
      ['monitor', 0, false],
      ['monitor', 7, true],
    ]);
    expect(status()).toMatchObject({ state: 'failed', failures: 1, lastFailure: { rc: 7 } });
  });

  it('counts repeated results as one, and restarts', () => {
    const { exec, runner, history, status, clock } = kit();
    for (let start = 0; start < 3; start += 1) {
      exec('start');
      runner.end({});
    }
    exec('monitor', 1000);
    for (let run = 0; run < 5; run += 1) {
      runner.end({});
      clock.advance(1000);
    }
    expect(history().at(-1)).toMatchObject({ action: 'monitor', repeats: 5 });
    expect(status().restarts).toBe(2);
    expect(status().recurring).toEqual([
      { action: 'monitor', intervalMs: 1000, timeoutMs: 20_000, rc: 0, lastAtMs: clock.ms - 1000 },
    ]);
  });

  it('keeps 40 runs, and gives so many as one wants', () => {
    const { exec, runner, history } = kit();
    for (let run = 0; run < 50; run += 1) {
      exec(run % 2 === 0 ? 'start' : 'stop');
      runner.end({ rc: run % 2, rawRc: run % 2 });
    }
    expect(history().length).toBe(40);
    expect(history(true).length).toBe(20);
    expect(history(true, 3).map(({ callId }) => callId)).toEqual([46, 48, 50]);
  });

  it('masks secrets in parameters, reasons and outputs', () => {
    const { exec, runner, history } = kit();
    exec('start', 0, { password: 's3cr3t', note: 'with s3cr3t', key: '', CRM_meta_timeout: '5' });
    runner.end({ rc: 1, rawRc: 1, exitReason: 'no login with s3cr3t', output: 'tried s3cr3t\n' });
    expect(history()[0]).toMatchObject({
      parameters: { password: '***', note: 'with ***', key: '' },
      exitReason: 'no login with ***',
      output: 'tried ***',
    });
    expect(shownParameters(new Map([['x', 'lrm://']]))).toEqual({ x: '***' });
  });

  it('knows what waits and what runs', () => {
    const { exec, runner, status } = kit();
    exec('start');
    exec('monitor');
    expect(status()).toMatchObject({ queued: 1, running: [{ action: 'start', callId: 1 }] });
    runner.end({});
    expect(status()).toMatchObject({ queued: 0, running: [{ action: 'monitor', callId: 2 }] });
  });
});

const VIEW = (over: Partial<DaemonView> = {}): DaemonView =>
  ({
    listening: () => ({ addresses: ['::'], port: 3121 }),
    isStopping: () => false,
    solo: () => undefined,
    ...over,
  }) as unknown as DaemonView;
const KEYS = { fingerprint: 'abcd', problem: undefined } as unknown as KeyWatch;
const NO_KEY = { fingerprint: undefined, problem: 'absent' } as unknown as KeyWatch;

describe('probes', () => {
  const running = (state: string) => {
    const { status, exec, runner } = kit();
    exec('monitor', 1000);
    runner.end({});
    return [{ ...status(), state }] as never;
  };

  it.each([
    ['all is well', VIEW(), KEYS, 'running', [true, true, true]],
    ['one has failed', VIEW(), KEYS, 'failed', [true, false, false]],
    ['one is starting', VIEW(), KEYS, 'starting', [true, false, true]],
    ['one is stopped that is watched', VIEW(), KEYS, 'stopped', [true, false, true]],
    ['no key is there', VIEW(), NO_KEY, 'running', [true, false, true]],
    ['it does not listen yet', VIEW({ listening: () => undefined }), KEYS, 'running', [true, false, false]],
    ['it stops', VIEW({ isStopping: () => true }), KEYS, 'running', [true, false, true]],
    [
      'solo needs no key',
      VIEW({ solo: () => ({ state: 'running', resource: 'web' }) as never }),
      NO_KEY,
      'running',
      [true, true, true],
    ],
    [
      'solo is blocked',
      VIEW({ solo: () => ({ state: 'blocked', resource: 'web' }) as never }),
      KEYS,
      'running',
      [true, false, false],
    ],
  ])('%s', (_what, view, keys, state, expected) => {
    const answers = (['livez', 'readyz', 'healthz'] as const).map(
      (probe) => healthOf(probe, { view, keys, resources: running(state) }).isHealthy,
    );
    expect(answers).toEqual(expected);
  });
});

describe('metrics', () => {
  const text = (): string => {
    const { exec, runner, recorder, status } = kit();
    exec('start');
    runner.end({});
    exec('monitor');
    runner.end({ rc: 1, rawRc: 1 });
    const daemon = { version: 'a"b\\c', startedAtMs: 1000, state: 'running', memoryBytes: 5 };
    return metricsText({
      status: { daemon, resources: [status()], peers: [{}, { name: 'n' }] } as unknown as Status,
      health: [{ probe: 'livez', isHealthy: true, checks: [] }],
      counters: recorder.counters,
      connections: { accepted: 3, refused: 2 },
      isKeyUsable: false,
      cpuSeconds: 1.5,
    });
  };

  it('are OpenMetrics: families together, counters with _total, labels escaped, an end', () => {
    const lines = text().trimEnd().split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const families = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]);
    expect(new Set(families).size).toBe(families.length);
    expect(lines).toContain('pcmk_agent_build_info{version="a\\"b\\\\c"} 1');
    let family = '';
    for (const line of lines.slice(0, -1)) {
      family = /^# TYPE (\S+)/.exec(line)?.[1] ?? family;
      expect(line).toMatch(
        new RegExp(`^(# (TYPE|UNIT|HELP) )?${family}(_total|_info|_bucket|_sum|_count)?[ {]`),
      );
    }
  });

  it('stay present at 0', () => {
    const lines = text().split('\n');
    for (const line of [
      'pcmk_agent_operations_total{resource="web",action="start",result="ok"} 1',
      'pcmk_agent_operations_total{resource="web",action="start",result="failed"} 0',
      'pcmk_agent_operations_total{resource="web",action="monitor",result="failed"} 1',
      'pcmk_agent_resource_state{resource="web",state="failed"} 1',
      'pcmk_agent_resource_state{resource="web",state="running"} 0',
      'pcmk_agent_orphans_reaped_total 0',
      'pcmk_agent_key_usable 0',
      'pcmk_agent_connections{kind="controller"} 1',
      'pcmk_agent_handshake_failures_total 2',
      'pcmk_agent_operation_duration_seconds_bucket{resource="web",action="start",le="+Inf"} 1',
      'pcmk_agent_operation_duration_seconds_bucket{resource="web",action="start",le="1.0"} 1',
    ]) {
      expect(lines).toContain(line);
    }
  });
});
