import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useAudit } from '../../helpers/audit.ts';
import { startInPidNamespace } from '../../helpers/pid-namespace.ts';
import { askAll } from './failure-questions.ts';
import { type Answer, FAILURE_STAGE, QUESTIONS } from './failure-rows.ts';
import { startDaemon, zombies } from './support.ts';

useAudit();

/** Where the benches have it too: bench/README.md. */
const C_DAEMON = '/opt/pcmk-remote-deb/usr/sbin/pacemaker-remoted';
const PORT = 3121;

/** Answers beside their questions, so that a difference names its row. */
const named = (answers: readonly Partial<Answer>[]): unknown[] =>
  QUESTIONS.map(({ row, action }, index) => ({ row: row.name, action, ...answers[index] }));

describe('the failures of an agent', () => {
  it('are answered as the table says', async () => {
    await using daemon = await startDaemon({
      prelude: `ocf="$scratch/ocf"; export OCF_ROOT="$ocf"; ${FAILURE_STAGE} exec $unprivileged "$0" "$@"`,
    });
    const client = await daemon.connect();
    expect(named(await askAll(client))).toEqual(named(QUESTIONS.map(({ row }) => row.ours)));
    expect(zombies(daemon)).toEqual([]);
    expect(daemon.namespace.processes().filter(({ name }) => name === 'sleep')).toEqual([]);
    client.close();
    await client.closed;
  });

  // In a network namespace of its own: its local sockets have fixed names.
  it.skipIf(!existsSync(C_DAEMON) || process.getuid?.() !== 0)(
    'are answered by the C daemon as the table says (needs root, pacemaker-remote unpacked)',
    async () => {
      const scratch = mkdtempSync(join(tmpdir(), 'bundlet-failures-'));
      writeFileSync(join(scratch, 'authkey'), randomBytes(64), { mode: 0o600 });
      const asker = join(import.meta.dirname, 'failure-asker.ts');
      const script = `ip link set lo up
        for dir in /run /dev/shm /var/lib/pacemaker /var/log/pacemaker /usr/lib/ocf/resource.d; do
          mount -t tmpfs tmpfs $dir
        done
        mkdir /var/lib/pacemaker/cores
        ocf=/usr/lib/ocf; ${FAILURE_STAGE}
        $unprivileged ${C_DAEMON} </dev/null >/dev/null 2>&1 &
        '${process.execPath}' '${asker}' ${PORT} '${scratch}/authkey'`;
      try {
        await using namespace = await startInPidNamespace(['unshare', '--net', 'sh', '-c', script], {
          env: { PCMK_authkey_location: join(scratch, 'authkey'), PCMK_logfile: 'none' },
        });
        const { stdout, stderr } = await namespace.ended;
        expect(stderr).toBe('');
        const expected = QUESTIONS.map(({ row }) => ({ ...row.ours, ...row.c }));
        expect(named(JSON.parse(stdout) as Answer[])).toEqual(named(expected));
      } finally {
        rmSync(scratch, { recursive: true, force: true });
      }
    },
  );

  it('have a reason wherever ours differs', () => {
    expect(QUESTIONS.filter(({ row }) => (row.c === undefined) !== (row.why === undefined))).toEqual([]);
  });
});
