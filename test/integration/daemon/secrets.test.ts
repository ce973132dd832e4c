import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteClient } from '../../../src/client/index.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { ACTOR, act, type RunningDaemon, startDaemon } from './support.ts';

/** No other text in the test looks like it. */
const SECRET = 'kuckuck-2c1a7f';
const MARK = 'lrm://';

/** What `cibsecret` leaves on a node: `good` as it should be, `forged` with another digest. */
const PRELUDE = [
  'mount -t tmpfs tmpfs /var/lib',
  'cd /var/lib; umask 077; mkdir -p pacemaker/lrm/secrets/actor; cd pacemaker/lrm/secrets/actor',
  `printf '${SECRET}' >good; printf '${SECRET}' | md5sum | cut -d ' ' -f 1 >good.sign`,
  `printf '${SECRET}' >forged; printf other | md5sum | cut -d ' ' -f 1 >forged.sign`,
  'cd /; umask 022',
].join('; ');

let daemon: RunningDaemon;
let client: RemoteClient;

beforeAll(async () => {
  daemon = await startDaemon({ env: { PCMK_debug: 'yes' }, prelude: PRELUDE });
  client = await daemon.connect();
});

afterAll(async () => {
  client.close();
  await client.closed;
  await daemon[Symbol.asyncDispose]();
});

useAudit();

/** Runs an agent that writes what it got into a file, and gives the result and that. */
async function run(action: string, parameters: Record<string, string>) {
  const file = join(daemon.scratch, 'got');
  const done = await act(client, 'env >"$OCF_RESKEY_file"', { action, parameters: { file, ...parameters } });
  const got = done.rc === 0 ? readFileSync(file, 'utf8') : '';
  return { done, got };
}

describe('a CIB secret', () => {
  it.each(['start', 'monitor', 'stop'])(
    'reaches the agent at a %s; the cluster hears lrm://',
    async (action) => {
      const { done, got } = await run(action, { good: MARK, plain: 'x' });
      expect(done).toMatchObject({ rc: 0, status: 0 });
      expect(got).toContain(`OCF_RESKEY_good=${SECRET}\n`);
      expect(Object.fromEntries(done.parameters)).toMatchObject({ good: MARK, plain: 'x' });
    },
  );

  it.each([
    ['missing', 'absent', /ENOENT/],
    ['damaged', 'forged', /MD5 digest/],
  ])('that is %s fails everything but a stop', async (_what, name, reason) => {
    const { done } = await run('start', { good: MARK, [name]: MARK });
    expect(done).toMatchObject({ rc: 2, status: 0, exitReason: 'Unable to load CIB secrets' });
    expect(Object.fromEntries(done.parameters)).toMatchObject({ good: MARK, [name]: MARK });
    const stopped = await run('stop', { good: MARK, [name]: MARK });
    expect(stopped.done).toMatchObject({ rc: 0, status: 0 });
    expect(stopped.got).toContain(`OCF_RESKEY_good=${SECRET}\n`);
    expect(stopped.got).toContain(`OCF_RESKEY_${name}=${MARK}\n`);
    const told = daemon
      .log()
      .filter(({ event, parameter }) => event === 'secret.not-loaded' && parameter === name);
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ level: 'warning', rsc: 'actor', reason: expect.stringMatching(reason) });
  });

  it('of another resource can not be had by a name with a path', async () => {
    await client.registerResource({ ...ACTOR, id: 'x/../actor' });
    const operation = await client.exec({
      rscId: 'x/../actor',
      action: 'start',
      timeoutMs: 20_000,
      parameters: { sh: 'exit 0', good: MARK },
    });
    expect(await operation.result).toMatchObject({ rc: 2, status: 0 });
    await client.unregisterResource('x/../actor');
  });

  it('is in no log, no argument and no environment but the agent’s own', async () => {
    await client.registerResource(ACTOR);
    const operation = await client.exec({
      rscId: ACTOR.id,
      action: 'monitor',
      timeoutMs: 20_000,
      parameters: { sh: 'sleep 300 & wait', good: MARK },
      intervalMs: 60_000,
    });
    await until(() => daemon.namespace.processes().some(({ name }) => name === 'sleep'), 'the agent to run');
    const processes = daemon.namespace.processes();
    const holding = (file: string): string[] =>
      processes.filter(({ pid }) => look(`/proc/${pid}/${file}`).includes(SECRET)).map(({ name }) => name);
    expect(holding('cmdline')).toEqual([]);
    // The agent and its child, and so it is shown that the look finds what is there.
    expect(holding('environ').sort()).toEqual(['sh', 'sleep']);
    await client.cancel({ rscId: ACTOR.id, action: 'monitor', intervalMs: 60_000 });
    expect(await operation.result).toMatchObject({ status: 1 });
    const log = daemon.namespace.stdout() + daemon.namespace.stderr();
    expect(log).toContain('op.finished');
    expect(log).not.toContain(SECRET);
  });
});

/** Empty where the process is gone, or another's. */
function look(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
