import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../helpers/audit.ts';
import { act, type RunningDaemon, startDaemon } from '../integration/daemon/support.ts';

useAudit();

/** A directory of the daemon's namespace, seen from here. */
const inside = (daemon: RunningDaemon, path: string): string =>
  join(`/proc/${daemon.namespace.initPid}/root`, daemon.scratch, path);

/** Writes until the disk is full. */
function fill(file: string): void {
  const piece = Buffer.alloc(512, 0x20);
  const isFull = (): boolean => {
    try {
      writeFileSync(file, piece, { flag: 'a' });
      return false;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      return true;
    }
  };
  while (!isFull()) {
    // Once more.
  }
}

describe('a disk that is full for a while', () => {
  it('costs nothing, not even a line of the log file', async () => {
    await using daemon = await startDaemon({
      prelude:
        'mkdir "$scratch/disk"; mount -t tmpfs -o size=512k tmpfs "$scratch/disk"; export PCMK_logfile="$scratch/disk/log"',
      env: { PCMK_debug: 'yes' },
    });
    fill(inside(daemon, 'disk/filler'));
    const client = await daemon.connect();
    for (let round = 0; round < 100; round += 1) {
      await client.poke();
    }
    expect(await act(client, 'exit 0')).toMatchObject({ rc: 0, status: 0 });
    rmSync(inside(daemon, 'disk/filler'));
    await client.poke();
    await client.poke();
    // Standard output lost nothing.
    const requests = daemon
      .log()
      .filter(({ event, op }) => event === 'session.request' && op === 'lrmd_rsc_poke');
    expect(requests.length).toBeGreaterThanOrEqual(100);
    const lines = readFileSync(inside(daemon, 'disk/log'), 'utf8').trim().split('\n');
    expect(lines.filter((line) => !isJson(line))).toEqual([]);
    const lost = lines.map((line) => JSON.parse(line).lostLines).filter((count) => count !== undefined);
    expect(lost).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
    client.close();
    await client.closed;
  });
});

describe('a log that nobody reads', () => {
  // Pipes that take 64 KiB and then no more, because somebody holds them open and never reads.
  it.each([
    [
      'standard output',
      {
        prelude: 'mkfifo "$scratch/pipe"; exec 1<>"$scratch/pipe"; export PCMK_logfile="$scratch/log"',
        logFile: 'log',
      },
    ],
    [
      'PCMK_logfile',
      {
        prelude: 'mkfifo "$scratch/pipe"; sleep 300 <>"$scratch/pipe" & export PCMK_logfile="$scratch/pipe"',
      },
    ],
  ])('does not stop the daemon: a full pipe as %s', async (_what, start) => {
    await using daemon = await startDaemon({ ...start, env: { PCMK_debug: 'yes' } });
    await using client = await daemon.connect({ timeoutMs: 5000 });
    for (let round = 0; round < 1000; round += 1) {
      await client.poke();
    }
    await daemon.logged('session.request', 1000);
    daemon.namespace.signal('SIGTERM');
    expect((await daemon.namespace.ended).status).toBe(0);
  });
});

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
