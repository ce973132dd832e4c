import { describe, expect, it } from 'vitest';
import { openAgentStage, WAYS } from './call-agent.ts';

describe.each(WAYS)('an agent of ours, %s', (way) => {
  it('goes through its life', async () => {
    await using stage = await openAgentStage(way);
    const state = { state: `${stage.scratch}/state` };
    expect(await stage.call('dummy', 'monitor', state)).toMatchObject({ rc: 7, reason: '', stdout: '' });
    expect(await stage.call('dummy', 'start', state)).toMatchObject({ rc: 0, reason: '', stderr: '' });
    expect(await stage.call('dummy', 'monitor', state)).toMatchObject({ rc: 0 });
    expect(await stage.call('dummy', 'stop', state)).toMatchObject({ rc: 0 });
    expect(await stage.call('dummy', 'monitor', state, { intervalMs: 0 })).toMatchObject({ rc: 7 });
    expect(await stage.call('dummy', 'frobnicate', state)).toMatchObject({
      rc: 3,
      reason: expect.stringMatching(/^Expected one of the actions start, .*, got frobnicate$/),
    });
    const told = await stage.call('dummy', 'meta-data');
    expect(told.rc).toBe(0);
    expect(told.stdout).toContain('<resource-agent name="dummy"');
  });
});
