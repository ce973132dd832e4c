import { describe, expect, it } from 'vitest';
import { SpawnerWatch } from '../../../src/process/spawner-watch.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

function watched() {
  const clock = new FakeClock();
  const said: string[] = [];
  const state = { seen: 'owed' as 'none' | 'patient' | 'owed' };
  const watch = new SpawnerWatch({
    clock,
    look: () => state.seen,
    onStuck: () => said.push('stuck'),
    onHopeless: () => said.push('hopeless'),
  });
  return { clock, said, state, watch };
}

describe('the watch over a spawner', () => {
  it('helps once after 10 s of silence, and gives up 4 s later', () => {
    const { clock, said, watch } = watched();
    watch.begin();
    clock.advance(9999);
    expect(said).toEqual([]);
    clock.advance(1);
    expect(said).toEqual(['stuck']);
    clock.advance(4000);
    expect(said).toEqual(['stuck', 'hopeless']);
    expect(clock.waiting).toBe(0);
  });

  it('begins anew with each word', () => {
    const { clock, said, watch } = watched();
    watch.begin();
    clock.advance(9000);
    watch.heard();
    clock.advance(10_000);
    expect(said).toEqual([]);
    clock.advance(2000);
    expect(said).toEqual(['stuck']);
    watch.heard();
    clock.advance(10_000);
    expect(said).toEqual(['stuck']);
  });

  it('has patience while nothing is owed, and rests while nothing runs', () => {
    const { clock, said, state, watch } = watched();
    state.seen = 'patient';
    watch.begin();
    clock.advance(60_000);
    expect(clock.waiting).toBe(1);
    state.seen = 'none';
    clock.advance(2000);
    expect(clock.waiting).toBe(0);
    expect(said).toEqual([]);
  });

  it('blames nobody for a time in which the daemon itself stood still', () => {
    const { clock, said, watch } = watched();
    watch.begin();
    clock.ms += 3_600_000;
    clock.advance(0);
    expect(said).toEqual([]);
    watch.heard();
    clock.advance(2000);
    expect(said).toEqual([]);
  });
});
