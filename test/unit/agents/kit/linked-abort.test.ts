import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { LinkedAbort } from '../../../../agents/kit/index.ts';

describe('a linked abort', () => {
  it('follows a signal, with its reason', () => {
    const outer = new AbortController();
    const { signal } = new LinkedAbort(outer.signal);
    expect(signal.aborted).toBe(false);
    outer.abort('why');
    expect([signal.aborted, signal.reason]).toEqual([true, 'why']);
  });

  it('is aborted from the beginning by a signal that is', () => {
    expect(new LinkedAbort(AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('keeps the first reason, and leaves the signal alone', () => {
    const outer = new AbortController();
    const linked = new LinkedAbort(outer.signal);
    linked.abort('own');
    expect(outer.signal.aborted).toBe(false);
    outer.abort('late');
    expect(linked.signal.reason).toBe('own');
  });

  it('follows no more when it is released, and leaves nothing behind', () => {
    const outer = new AbortController();
    const linked = new LinkedAbort(outer.signal);
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(1);
    linked.release();
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(0);
    outer.abort();
    expect(linked.signal.aborted).toBe(false);
  });
});
