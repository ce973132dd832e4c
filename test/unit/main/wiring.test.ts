import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readOptions } from '../../../src/config/options.ts';
import { TOKENS } from '../../../src/main/tokens.ts';
import { wire } from '../../../src/main/wiring.ts';
import { systemClock } from '../../../src/observe/clock.ts';
import type { Log } from '../../../src/observe/log.ts';
import { ExecaRunner } from '../../../src/process/execa-runner.ts';
import { Hub } from '../../../src/session/hub.ts';
import { Alerts } from '../../../src/standards/alert.ts';
import { StandardsRunner } from '../../../src/standards/runner.ts';
import { KeyAuthentication } from '../../../src/transport/key-authentication.ts';
import { FakeConnection } from '../session/kit.ts';

const env = { PATH: '/bin', NODE_OPTIONS: '--x', PCMK_node_start_state: 'standby', BUNDLET_SPAWNER: 'none' };
const options = readOptions([], env);
const log: Log = { level: 'info', close: () => undefined };

let services: ReturnType<typeof wire>;

beforeEach(() => {
  services = wire(options, env, log);
});

afterEach(() => services.dispose());

describe('the wiring', () => {
  it.each([
    ['actionRunner', StandardsRunner],
    ['alerts', Alerts],
    ['hub', Hub],
  ] as const)('makes one %s', (name, type) => {
    const made: unknown = services.resolve<unknown>(TOKENS[name]);
    expect(made).toBeInstanceOf(type);
    expect(services.resolve<unknown>(TOKENS[name])).toBe(made);
  });

  it('hands out the clock and what agents inherit', () => {
    expect(services.resolve(TOKENS.clock)).toBe(systemClock);
    expect(services.resolve(TOKENS.agentEnv)).toMatchObject({
      // Behind it, in a checkout that is built, the small tools.
      PATH: expect.stringMatching(/^\/bin(:|$)/),
      PCMK_service: 'pacemaker-remoted',
    });
    expect(services.resolve(TOKENS.agentEnv)).not.toHaveProperty('NODE_OPTIONS');
  });

  it('loads what runs programs once, and only when it is asked for', async () => {
    const load = services.resolve(TOKENS.runner);
    const runner = await load();
    expect(await load()).toBe(runner);
    expect(runner).toBeInstanceOf(ExecaRunner);
  });

  it('knows of nothing that runs already where pcmk-init left no spawner', async () => {
    expect(await services.resolve(TOKENS.inheritedRuns)()).toEqual([]);
    expect(services.resolve(TOKENS.inheritedActions).wait('any', () => undefined)).toBe(false);
  });

  it('makes one authentication, by key unless certificates are set', async () => {
    const load = services.resolve(TOKENS.authentication);
    expect(await load()).toBeInstanceOf(KeyAuthentication);
    expect(await load()).toBe(await load());
    (await load()).release();
    const x509 = {
      PCMK_ca_file: '/nowhere/ca',
      PCMK_cert_file: '/nowhere/cert',
      PCMK_key_file: '/nowhere/key',
    };
    const other = wire(readOptions([], x509), x509, log);
    await expect(other.resolve(TOKENS.authentication)()).rejects.toMatchObject({
      code: 'CERTIFICATES_INVALID',
      message: expect.stringContaining('/nowhere/ca, got none: absent'),
    });
    await other.dispose();
  });

  it('shares nothing between two daemons', async () => {
    const other = wire(options, env, log);
    expect(other.resolve(TOKENS.hub)).not.toBe(services.resolve(TOKENS.hub));
    expect(other.resolve(TOKENS.authentication)).not.toBe(services.resolve(TOKENS.authentication));
    await other.dispose();
  });

  it('gives a hub that tells what the daemon was started with', () => {
    const peer = new FakeConnection('peer');
    services.resolve(TOKENS.hub).accept(peer);
    peer.request('register', 'lrmd_clientname="c" lrmd_protocol_version="1.2"');
    expect(peer.received[0]?.attributes).toMatchObject({
      lrmd_rc: '0',
      uptime: '0',
      node_start_state: 'standby',
    });
    peer.close('done');
  });

  it('is of no use any more when it is disposed of', async () => {
    const other = wire(options, env, log);
    await other.dispose();
    expect(() => other.resolve(TOKENS.hub)).toThrow(/disposed/);
  });
});
