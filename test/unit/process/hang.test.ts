import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hangSummary, lastLinesOf, recordHang } from '../../../src/process/hang.ts';
import { until } from '../../helpers/pid-namespace.ts';

describe('the record of a hang', () => {
  it('has the processes of a program, parents first, with what they wait in', async () => {
    const child = spawn('sh', ['-c', 'sleep 100 & (sleep 101; true) & wait'], {
      detached: true,
      stdio: 'ignore',
    });
    const pid = child.pid ?? 0;
    try {
      await until(
        () => recordHang(pid, []).processes.filter(({ command }) => command.startsWith('sleep')).length === 2,
        'two sleepers',
      );
      const { processes, isCut } = recordHang(pid, ['working']);
      expect(isCut).toBe(false);
      expect(processes[0]).toMatchObject({ pid, command: expect.stringContaining('sh -c sleep 100') });
      expect(processes.map(({ command }) => command.split(' ')[0])).toEqual(
        expect.arrayContaining(['sh', 'sleep', 'sleep']),
      );
      for (const { parent } of processes.slice(1)) {
        expect(processes.map((one) => one.pid)).toContain(parent);
      }
    } finally {
      process.kill(-pid, 'SIGKILL');
      await once(child, 'exit');
    }
  });

  it('of a program that has gone is empty', () => {
    expect(recordHang(2 ** 22 + 1, []).processes).toEqual([]);
  });

  it.each([
    [
      [
        { pid: 5, parent: 1, state: 'S', command: '/bin/sh /usr/lib/ocf/resource.d/x/apache monitor' },
        { pid: 6, parent: 5, state: 'S', waitsIn: 'hrtimer_nanosleep', command: 'sleep 5' },
      ],
      ['waiting'],
      'it was in sleep (pid 6, sleeping in hrtimer_nanosleep); its last line was: waiting',
    ],
    [
      [
        { pid: 6, parent: 5, state: 'D', waitsIn: 'nfs_wait', command: '/bin/ls /mnt' },
        { pid: 7, parent: 5, state: 'S', command: 'sleep 5' },
      ],
      [],
      'it was in ls (pid 6, waiting for a device in nfs_wait)',
    ],
    [
      [{ pid: 5, parent: 1, state: 'R', command: '/bin/sh /usr/lib/x/apache monitor' }],
      [],
      'it was in apache (pid 5, running)',
    ],
    [[], ['only words'], 'its last line was: only words'],
    [[], [], ''],
  ])('is told in a line', (processes, lastLines, text) => {
    expect(hangSummary({ processes, lastLines, isCut: false })).toBe(text);
  });

  it('has the last lines, short and without control characters', () => {
    expect(lastLinesOf('1\n2\n3\n4\n5\n\u001b[31m6\n\n')).toEqual(['2', '3', '4', '5', '[31m6']);
    expect(lastLinesOf('x'.repeat(900))[0]?.length).toBe(201);
    expect(lastLinesOf('')).toEqual([]);
  });
});
