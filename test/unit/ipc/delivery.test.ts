import { describe, expect, it } from 'vitest';
import { Delivery } from '../../../src/ipc/delivery.ts';
import { BACKLOG_MESSAGES, OUTPUT_CEILING_BYTES, STALL_MS } from '../../../src/ipc/limits.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';
import { FakeRings } from './fake-rings.ts';

function start() {
  const clock = new FakeClock();
  const rings = new FakeRings();
  const tried: number[] = [];
  const announced: number[] = [];
  const begun = clock.nowMs();
  const delivery: Delivery = new Delivery({
    clock,
    announce: (events) => announced.push(events),
    retry: () => {
      tried.push(clock.nowMs() - begun);
      delivery.flush(rings);
    },
  });
  const fill = (count: number, bytes = 1): void => {
    for (let index = 0; index < count; index += 1) {
      delivery.add('event', Buffer.alloc(bytes));
    }
  };
  return { clock, rings, delivery, tried, announced, fill };
}

describe('messages on their way to a client', () => {
  it('go at once where there is room, and leave no timer', () => {
    const { clock, rings, delivery, announced } = start();
    delivery.add('response', Buffer.from('a'));
    delivery.add('event', Buffer.from('b'));
    delivery.add('event', Buffer.from('c'));
    expect(delivery.flush(rings)).toBeUndefined();
    expect(rings.taken('response')).toEqual(['a']);
    expect(rings.taken('event')).toEqual(['b', 'c']);
    expect(announced).toEqual([2]);
    expect([clock.waiting, delivery.bytes]).toEqual([0, 0]);
  });

  it('wait in order while a ring is full, and the other way stays open', () => {
    const { clock, rings, delivery } = start();
    rings.room.event = 1;
    for (const text of ['a', 'b', 'c']) {
      delivery.add('event', Buffer.from(text));
    }
    delivery.add('response', Buffer.from('r'));
    delivery.flush(rings);
    expect([rings.taken('event'), rings.taken('response')]).toEqual([['a'], ['r']]);
    rings.room.event = 9;
    clock.advance(2);
    expect(rings.taken('event')).toEqual(['a', 'b', 'c']);
    expect(clock.waiting).toBe(0);
  });

  it('are tried after 2 ms, then ever later up to 200 ms, and soon again once something moved', () => {
    const { clock, rings, delivery, tried } = start();
    rings.room.event = 0;
    delivery.add('event', Buffer.from('a'));
    delivery.add('event', Buffer.from('b'));
    delivery.flush(rings);
    clock.advance(1000);
    expect(tried).toEqual([2, 6, 14, 30, 62, 126, 254, 454, 654, 854]);
    rings.room.event = 1;
    clock.advance(56);
    expect(tried.slice(-2)).toEqual([1054, 1056]);
    expect(clock.waiting).toBe(1);
    delivery.stop();
    expect(clock.waiting).toBe(0);
  });

  it.each([
    [BACKLOG_MESSAGES, STALL_MS, false],
    [BACKLOG_MESSAGES + 1, STALL_MS - 1, false],
    [BACKLOG_MESSAGES + 1, STALL_MS, true],
  ])('%i that wait for %i ms: the client has to go: %s', (count, ms, hasToGo) => {
    const { clock, rings, delivery, fill } = start();
    rings.room.event = 0;
    fill(count);
    clock.advance(ms);
    const problem = delivery.flush(rings);
    expect(problem?.startsWith("It doesn't read") ?? false).toBe(hasToGo);
    delivery.stop();
  });

  it('do not send away a client that is behind and goes on reading', () => {
    const { clock, rings, delivery, fill } = start();
    rings.room.event = 0;
    fill(BACKLOG_MESSAGES * 2);
    for (let round = 0; round < 10; round += 1) {
      clock.advance(STALL_MS - 1);
      rings.room.event = 1;
      expect(delivery.flush(rings)).toBeUndefined();
    }
    delivery.stop();
  });

  it.each([
    [OUTPUT_CEILING_BYTES, false],
    [OUTPUT_CEILING_BYTES + 1, true],
  ])('of %i bytes: the client has to go: %s', (bytes, hasToGo) => {
    const { rings, delivery, fill } = start();
    rings.room.event = 0;
    fill(1, bytes);
    expect(delivery.flush(rings) !== undefined).toBe(hasToGo);
    delivery.stop();
  });
});
