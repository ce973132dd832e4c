import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../src/client/event-queue.ts';
import { collect } from './kit.ts';

const DONE = { value: undefined, done: true };

describe('an event queue', () => {
  it('keeps what comes while nobody reads, in order', async () => {
    const queue = new EventQueue<number>();
    for (const event of [1, 2, 3]) {
      queue.push(event);
    }
    queue.end();
    expect(await collect(queue)).toEqual([1, 2, 3]);
  });

  it('gives to those who wait, in the order they came', async () => {
    const queue = new EventQueue<string>();
    const waiting = [queue.next(), queue.next()];
    queue.push('first');
    queue.push('second');
    expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual(['first', 'second']);
  });

  it('ends for everybody who waits, and for whoever comes later', async () => {
    const queue = new EventQueue<string>();
    const waiting = [queue.next(), queue.next()];
    queue.end();
    expect(await Promise.all([...waiting, queue.next()])).toEqual([DONE, DONE, DONE]);
  });

  it('takes nothing any more once it has ended', async () => {
    const queue = new EventQueue<string>();
    queue.push('before');
    queue.end();
    queue.push('after');
    queue.end();
    expect(await collect(queue)).toEqual(['before']);
  });

  it('forgets what it keeps, and says so, when the reader leaves', async () => {
    let left = 0;
    const queue = new EventQueue<number>(() => {
      left += 1;
    });
    queue.push(1);
    queue.push(2);
    for await (const event of queue) {
      expect(event).toBe(1);
      break;
    }
    expect(left).toBe(1);
    queue.push(3);
    expect(await queue.next()).toEqual(DONE);
  });

  it('does not call the end a leaving', async () => {
    let left = 0;
    const queue = new EventQueue<number>(() => {
      left += 1;
    });
    queue.push(1);
    queue.end();
    expect(await collect(queue)).toEqual([1]);
    expect(left).toBe(0);
  });

  it.each([0, '', false, null])('gives %j, which is an event like others', async (event) => {
    const queue = new EventQueue<unknown>();
    queue.push(event);
    expect(await queue.next()).toEqual({ value: event, done: false });
  });
});
