import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exclusively } from '../../../../agents/kit/exclusively.ts';
import { readProcess } from '../../../../agents/kit/index.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-lock-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** An action that asks as often as it is allowed to. */
const action = (looks = 1000) => ({
  action: 'start',
  instance: 'web',
  stateDirectory: async () => directory,
  async waitFor<T>(what: string, condition: () => Promise<T | undefined> | T | undefined): Promise<T> {
    for (let look = 0; look < looks; look += 1) {
      const answer = await condition();
      if (answer !== undefined) {
        return answer;
      }
      await others();
    }
    throw new Error(what);
  },
});

describe('exclusively', () => {
  it('lets one in after the other, and leaves nothing behind', async () => {
    let inside = 0;
    let most = 0;
    const body = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await others();
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => exclusively(action(), body)));
    expect([most, inside, readdirSync(directory)]).toEqual([1, 0, []]);
  });

  it('gives what the body gives, and goes on after one that failed', async () => {
    const failed = exclusively(action(), () => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(await exclusively(action(), async () => 5)).toBe(5);
  });

  it('says whom it has waited for in vain', async () => {
    await exclusively(action(), async () => {
      await expect(exclusively(action(3), async () => 1)).rejects.toThrow(
        'Expected another start of web to end, got it still at work',
      );
    });
  });

  it.each(['', 'nonsense', '4194305 1 x', '-1 0 x'])(
    'is not held up by a lock of nobody: %j',
    async (text) => {
      writeFileSync(join(directory, 'lock'), text);
      expect(await exclusively(action(), async () => 1)).toBe(1);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  it('is not held up by who was killed, nor by another process of its number', async () => {
    const child = spawn('sleep', ['1000']);
    const { startTicks = 0 } = (await readProcess(child.pid ?? 0)) ?? {};
    const lock = join(directory, 'lock');
    writeFileSync(lock, `${child.pid} ${startTicks} x`);
    await expect(exclusively(action(3), async () => 1)).rejects.toThrow('still at work');
    expect(readFileSync(lock, 'utf8')).toBe(`${child.pid} ${startTicks} x`);
    writeFileSync(lock, `${child.pid} ${startTicks - 1} x`);
    expect(await exclusively(action(), async () => 1)).toBe(1);
    writeFileSync(lock, `${child.pid} ${startTicks} x`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await exclusively(action(), async () => 1)).toBe(1);
  });

  it('does not take away a lock that is not its own', async () => {
    await exclusively(action(), async () => writeFileSync(join(directory, 'lock'), '1 1 other'));
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('1 1 other');
  });

  it('says that it can write nothing', async () => {
    directory = '/proc/nowhere';
    await expect(exclusively(action(), async () => 1)).rejects.toMatchObject({
      code: 1,
      message:
        'Expected /proc/nowhere/lock to be written, got ENOENT: see to it that there is space below /run',
    });
  });
});
