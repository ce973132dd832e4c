// Init scripts, checked in sandboxes: one without fault, one for each check with just the fault that it is for, and Debian's own.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { complaintsOf, runReal } from '../../helpers/conformance/real-run.ts';

const FIXTURES = 'lsb:test/fixtures/conformance-lsb';

/** Faults, by the script that has them: the check that must see it, and what it must say. */
const FAULTS = [
  ['start-fails', 'LSB-01', 'seen 1 (error)'],
  ['status-running-1', 'LSB-02', 'seen 1 (dead, with a PID file)'],
  ['start-twice', 'LSB-03', 'expected a second start to start nothing; seen'],
  ['stop-leaves-process', 'LSB-04', '(sleep 3600)'],
  ['status-stopped-1', 'LSB-05', 'seen 1 (dead, with a PID file)'],
  ['stop-when-stopped-7', 'LSB-06', 'seen 7 (not running)'],
  ['start-does-nothing', 'LSB-07', 'seen 3 (not running)'],
  ['status-by-pid-file', 'LSB-08', 'of a crashed service to give one of 1, 2, 3, 4; seen 0 (running)'],
  ['restart-needs-running', 'LSB-09', 'status after restart of a stopped service to give 0'],
  ['try-restart-starts', 'LSB-10', 'a stopped service to be stopped after try-restart'],
  ['reload-ends', 'LSB-11', 'status after reload to give 0; seen 3'],
  ['unknown-0', 'LSB-12', 'without an action to give one of 2, 3; seen 0 (ok)'],
  ['two-starts-race', 'LSB-13', 'expected 1 processes after two starts at once, as after one; seen 2'],
  ['poor-header', 'LSB-14', 'Provides twice'],
  ['holds-outputs', 'LSB-15', 'expected nobody to hold the outputs of start'],
  ['asks', 'LSB-15', 'expected start to ask nothing; seen Really start? [y/N]'],
  ['status-lies-to-others', 'LSB-16', 'of a running service to give one of 0, 4; seen 1'],
] as const;

describe.concurrent('checks of init scripts', () => {
  it('find nothing in one without fault', { timeout: 120_000 }, async () => {
    const results = await runReal(`${FIXTURES}/good`);
    expect(complaintsOf(results)).toEqual([]);
    const skipped = results.filter(({ verdict }) => verdict === 'skipped').map(({ id }) => id);
    // In a sandbox runs no systemd.
    expect(skipped).toEqual(process.getuid?.() === 0 ? ['LSB-17'] : ['LSB-16', 'LSB-17']);
  });

  it.for(FAULTS)('see %s: %s', { timeout: 60_000 }, async ([script, id, seen]) => {
    const results = await runReal(`${FIXTURES}/${script}`, { only: [id] });
    expect(complaintsOf(results).join('\n')).toContain(seen);
  });
});

describe.skipIf(!existsSync('/etc/init.d/rpcbind'))("checks of Debian's init scripts", () => {
  it('find in rpcbind what was found by hand, and no more', { timeout: 120_000 }, async () => {
    const results = await runReal('lsb:rpcbind');
    const failed = results.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
    expect(failed).toEqual(['LSB-10', 'LSB-11', 'LSB-12']);
    expect(results.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  });
});
