import { describe, expect, it } from 'vitest';
import type { RemoteClient } from '../../../src/client/index.ts';
import { writeCheck } from '../../../src/protocol/check.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { startDaemon } from './support.ts';

useAudit();

/** Sends a check, which is never answered; the client gives up waiting when it is closed. */
function check(client: RemoteClient, value: string | undefined): void {
  client.send('lrmd_check', writeCheck(value)).catch(() => undefined);
}

describe('a watchdog check', () => {
  it('without sbd is told at error level, is not answered and changes nothing', async () => {
    await using daemon = await startDaemon({ env: { SBD_WATCHDOG_TIMEOUT: '5' } });
    const client = await daemon.connect();
    for (const value of [undefined, '0', '10']) {
      check(client, value);
    }
    expect(await daemon.logged('watchdog.unprotected')).toEqual([
      expect.objectContaining({
        level: 'error',
        timeoutMs: 10_000,
        problem: expect.stringMatching(/sbd to run/),
      }),
    ]);
    await client.poke();
    client.close();
    await client.closed;
  });

  it('with sbd is content, unless the time is too short', async () => {
    await using daemon = await startDaemon({
      env: { SBD_WATCHDOG_TIMEOUT: '5', PCMK_debug: 'yes' },
      prelude: 'cp /bin/sleep "$scratch/sbd"; "$scratch/sbd" 300 &',
    });
    const client = await daemon.connect();
    await until(() => daemon.namespace.processes().some(({ name }) => name === 'sbd'), 'sbd');
    check(client, '5s');
    await daemon.logged('watchdog.protects');
    check(client, '4999ms');
    expect(await daemon.logged('watchdog.unprotected')).toEqual([
      expect.objectContaining({ problem: expect.stringMatching(/at least SBD_WATCHDOG_TIMEOUT/) }),
    ]);
    client.close();
    await client.closed;
  });

  it('ends the daemon with 100 where that is asked for, and PID 1 starts no other', async () => {
    await using daemon = await startDaemon({ env: { BUNDLET_WATCHDOG_CHECK: 'exit' } });
    const client = await daemon.connect();
    check(client, '10');
    expect((await daemon.namespace.ended).status).toBe(100);
    expect(daemon.log().filter(({ event }) => event === 'watchdog.unprotected')).toHaveLength(1);
    await client.closed;
  });
});
