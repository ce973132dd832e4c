import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RemoteOperation } from '../../../src/client/operation.ts';
import { AgentError } from '../../../src/errors/agent-error.ts';
import type { Completion } from '../../../src/protocol/completion.ts';
import { collect } from './kit.ts';

const completion = (fields: Partial<Completion> = {}): Completion => ({
  rscId: 'r1',
  action: 'monitor',
  intervalMs: 0,
  timeoutMs: 0,
  startDelayMs: 0,
  parameters: new Map(),
  callId: 4,
  rc: 0,
  status: 0,
  rscDeleted: false,
  runTime: 0,
  rcChangeTime: 0,
  execTimeMs: 0,
  queueTimeMs: 0,
  ...fields,
});

const ONCE = { rscId: 'r1', action: 'monitor', intervalMs: 0 };
const RECURRING = { ...ONCE, intervalMs: 1000 };

const lost = new AgentError('CONNECTION_LOST', 'gone');
const CANCELLED = 1;

describe('an operation', () => {
  it('that runs once is over with its result', async () => {
    const operation = new RemoteOperation(4, ONCE);
    const results = operation.results();
    expect(operation.isOver).toBe(false);
    operation.deliver(completion({ rc: 7 }));
    expect(operation.isOver).toBe(true);
    expect(await operation.result).toMatchObject({ rc: 7 });
    expect((await collect(results)).map(({ rc }) => rc)).toEqual([7]);
  });

  it('that recurs gives every result until it is cancelled', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    const readers = [operation.results(), operation.results()];
    for (const fields of [{ rc: 0 }, { rc: 7 }, { rc: 7, status: CANCELLED }]) {
      expect(operation.isOver).toBe(false);
      operation.deliver(completion(fields));
    }
    expect(operation.isOver).toBe(true);
    expect(await operation.result).toMatchObject({ rc: 0, status: 0 });
    for (const reader of readers) {
      expect((await collect(reader)).map(({ rc, status }) => [rc, status])).toEqual([
        [0, 0],
        [7, 0],
        [7, 1],
      ]);
    }
  });

  it('gives what came together with the reply to who asks right after it', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    operation.deliver(completion({ rc: 0 }));
    operation.deliver(completion({ rc: 7, status: CANCELLED }));
    expect((await collect(operation.results())).map(({ rc }) => rc)).toEqual([0, 7]);
  });

  it('gives a late reader only what comes from then on, and one after the end nothing', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    operation.deliver(completion({ rc: 0 }));
    await setImmediate();
    const late = operation.results();
    operation.deliver(completion({ rc: 7, status: CANCELLED }));
    expect((await collect(late)).map(({ rc }) => rc)).toEqual([7]);
    expect(await collect(operation.results())).toEqual([]);
  });

  it('that is lost before its result rejects, and ends its readers', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    const reader = operation.results();
    operation.fail(lost);
    await expect(operation.result).rejects.toBe(lost);
    expect(await collect(reader)).toEqual([]);
    expect(operation.isOver).toBe(true);
  });

  it('that is lost after its first result keeps it', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    operation.deliver(completion());
    operation.fail(lost);
    expect(await operation.result).toMatchObject({ rc: 0 });
  });

  it('whose reader has left goes on for the others', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    const [leaves, stays] = [operation.results(), operation.results()];
    await leaves.return?.();
    operation.deliver(completion({ status: CANCELLED }));
    expect(await collect(stays)).toHaveLength(1);
    expect(await collect(leaves)).toEqual([]);
  });

  it.each([
    ['a newer equal one', RECURRING, {}, true],
    ['one of another case', RECURRING, { action: 'MONITOR' }, true],
    ['an older one', RECURRING, { callId: 3 }, false],
    ['itself', RECURRING, { callId: 4 }, false],
    ['another interval', RECURRING, { intervalMs: 2000 }, false],
    ['another resource', RECURRING, { rscId: 'r2' }, false],
    ['anything, as it runs once', ONCE, { intervalMs: 0 }, false],
  ])('was merged into %s', (_what, key, fields, expected) => {
    const result = completion({ callId: 5, intervalMs: 1000, ...fields });
    expect(new RemoteOperation(4, key).wasMergedInto(result)).toBe(expected);
  });

  it('that was merged has its last result with the newer one', async () => {
    const operation = new RemoteOperation(4, RECURRING);
    const results = operation.results();
    operation.supersede(completion({ callId: 5, intervalMs: 1000 }));
    expect(operation.isOver).toBe(true);
    expect(await operation.result).toMatchObject({ callId: 5 });
    expect(await collect(results)).toHaveLength(1);
  });
});
