import { beforeEach, describe, expect, it, vi } from 'vitest';
import { releaseMemoryWhenIdle } from '../../../src/main/idle-memory.ts';
import { releaseFreeMemory } from '../../../src/native/libc.ts';
import { emit } from '../../../src/observe/events.ts';
import { FakeClock } from '../../helpers/fake-clock.ts';

// Our own interface to the C library: how often memory was given back.
vi.mock('../../../src/native/libc.ts', () => ({ releaseFreeMemory: vi.fn() }));

const QUIET_MS = 3000;
const SPACING_MS = 10_000;
const PATIENCE_MS = 60_000;

let clock: FakeClock;

/** How often memory was given back since the last look. */
function given(): number {
  const count = vi.mocked(releaseFreeMemory).mock.calls.length;
  vi.mocked(releaseFreeMemory).mockClear();
  return count;
}

// Subscriptions last as long as the process does; those of earlier tests hang on clocks that stand still.
beforeEach(() => {
  clock = new FakeClock();
  releaseMemoryWhenIdle(clock);
  given();
});

describe('memory', () => {
  it('is left alone while nothing happens', () => {
    expect(clock.waiting).toBe(0);
    clock.advance(3_600_000);
    expect(given()).toBe(0);
    emit('op.started');
    emit('tls.refused');
    expect(clock.waiting).toBe(0);
  });

  it.each(['daemon.listening', 'session.registered', 'session.ended', 'op.finished', 'op.recurred'] as const)(
    'is given back once it is quiet after %s',
    (event) => {
      emit(event);
      clock.advance(QUIET_MS - 1);
      expect(given()).toBe(0);
      clock.advance(1);
      expect(given()).toBe(1);
      // And nothing waits for anything any more.
      expect(clock.waiting).toBe(0);
      clock.advance(3_600_000);
      expect(given()).toBe(0);
    },
  );

  it('is given back after the last activity of many', () => {
    for (let round = 0; round < 10; round += 1) {
      emit('op.finished');
      clock.advance(QUIET_MS / 2);
    }
    expect(given()).toBe(0);
    expect(clock.waiting).toBe(1);
    clock.advance(QUIET_MS / 2);
    expect(given()).toBe(1);
  });

  it('is given back again only after a while', () => {
    emit('op.finished');
    clock.advance(QUIET_MS);
    expect(given()).toBe(1);
    emit('op.finished');
    clock.advance(SPACING_MS - 1);
    expect(given()).toBe(0);
    clock.advance(1);
    expect(given()).toBe(1);
    expect(clock.waiting).toBe(0);
  });

  it('is given back after a minute where it never becomes quiet', () => {
    const round = (): void => {
      emit('op.recurred');
      clock.advance(1000);
    };
    for (let ms = 0; ms < PATIENCE_MS; ms += 1000) {
      expect(given()).toBe(0);
      round();
    }
    expect(given()).toBe(1);
    // And every minute from then on.
    for (let ms = 0; ms < 2 * PATIENCE_MS + 2000; ms += 1000) {
      round();
    }
    expect(given()).toBe(2);
    expect(clock.waiting).toBe(1);
  });
});
