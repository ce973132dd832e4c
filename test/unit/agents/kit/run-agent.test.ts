import { describe, expect, it } from 'vitest';
import {
  type Agent,
  AgentFailure,
  defineAgent,
  type Handler,
  integer,
  OCF,
  string,
} from '../../../../agents/kit/index.ts';
import { runAgent } from '../../../../agents/kit/run-agent.ts';
import { act, agentEnv, FakeHost } from '../../../helpers/agent-host.ts';

const parameters = {
  path: string({ short: 'A path', long: 'Of a file.', isRequired: true }),
  size: integer({ short: 'A size', long: 'In bytes.', default: 3, min: 1 }),
  password: string({ short: 'A secret', long: 'Of nobody.', isPrivate: true }),
};

const succeed: Handler<typeof parameters> = async () => undefined;

/** An agent whose action does something. */
function agentThat(
  run: Handler<typeof parameters>,
  more: Partial<ReturnType<typeof defineAgent<typeof parameters>>> = {},
): Agent {
  return defineAgent({
    name: 'thing',
    version: '1.0',
    short: 'A thing',
    long: 'A thing.',
    parameters,
    actions: {
      start: { timings: [{ timeout: '20s' }], run },
      stop: { timings: [{ timeout: '20s' }], run },
      monitor: { timings: [{ timeout: '20s', interval: '10s' }], run },
    },
    ...more,
  });
}

const GOOD = agentEnv({ path: '/x' });

describe('the exit code', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 190, 191] as const)(
    '%i of an action is the status',
    async (code) => {
      expect(
        (
          await act(
            agentThat(async () => code),
            'monitor',
            GOOD,
          )
        ).rc,
      ).toBe(code);
    },
  );

  it.each([-1, 10, 42, 189, 255, 1.5, Number.NaN, '0', true])('%s is none: status 1', async (code) => {
    const { rc, host } = await act(
      agentThat(async () => code as 0),
      'monitor',
      GOOD,
    );
    expect(rc).toBe(1);
    expect(host.reason).toBe(
      `thing: Expected monitor to give one of the exit codes 0 to 9, 190 or 191, got ${code}`,
    );
  });

  it('of a success has no reason and nothing on either stream', async () => {
    const { rc, host } = await act(agentThat(succeed), 'start', GOOD);
    expect([rc, host.stdout, host.stderr]).toEqual([0, '', '']);
  });

  it.each(['frob', 'constructor', '__proto__', 'toString', 'promote'])(
    'of the action %s is 3',
    async (action) => {
      const { rc, host } = await act(agentThat(succeed), action, agentEnv());
      expect([rc, host.reason]).toEqual([
        3,
        `Expected one of the actions start, stop, monitor, validate-all, meta-data, usage, got ${action}`,
      ]);
    },
  );

  it('of no action at all is 2, with the usage', async () => {
    const { rc, host } = await act(agentThat(succeed), '');
    expect(rc).toBe(2);
    expect(host.stderr).toContain('usage: thing {start|stop|monitor|');
    expect(host.reason).toBe('Expected an action as the first argument, got none');
  });

  it.each(['usage', 'help', '--help', '-h'])('of %s is 0', async (action) => {
    const { rc, host } = await act(agentThat(succeed), action);
    expect([rc, host.stderr]).toEqual([0, '']);
    expect(host.stdout).toContain('  path      A path');
  });
});

describe('a failure', () => {
  const failing = (error: unknown): Agent =>
    agentThat(async () => {
      throw error;
    });

  it('gives its code and its reason', async () => {
    const { rc, host } = await act(failing(new AgentFailure(OCF.ERR_PERM, 'Expected root')), 'start', GOOD);
    expect([rc, host.stderr]).toEqual([4, 'ocf-exit-reason:Expected root\n']);
  });

  it('of another copy of the kit is one, too', async () => {
    const foreign = Object.assign(new Error('Expected apache2'), { name: 'AgentFailure', code: 5 });
    const { rc, host } = await act(failing(foreign), 'start', GOOD);
    expect([rc, host.reason]).toEqual([5, 'Expected apache2']);
  });

  it('that claims success is none', async () => {
    const { rc } = await act(failing(new AgentFailure(OCF.SUCCESS, 'all is well')), 'start', GOOD);
    expect(rc).toBe(1);
  });

  it.each([
    ['an error', new Error('boom'), 'thing: boom'],
    ['an error without words', new RangeError(''), 'thing: RangeError without a message'],
    ['a text', 'boom', 'thing: boom was thrown'],
    ['nothing', undefined, 'thing: undefined was thrown'],
    ['what has no text', Object.create(null), 'thing: something of type object was thrown'],
  ])('by %s is status 1 and names the agent', async (_what, error, reason) => {
    const { rc, host } = await act(failing(error), 'start', GOOD);
    expect([rc, host.stderr]).toEqual([1, `ocf-exit-reason:${reason}\n`]);
  });

  it('shows where it was thrown with HA_debug only', async () => {
    const { host } = await act(failing(new Error('boom')), 'start', { ...GOOD, HA_debug: '1' });
    expect(host.stderr).toMatch(/DEBUG: Error: boom; at .*run-agent\.test\.ts/);
  });

  it('tells its reason on one line, without colours, and without a second prefix', async () => {
    const words = 'first \u001b[31mred\u001b[0m\r\n  second\u0007\n\nocf-exit-reason:third\n';
    const { host } = await act(failing(new AgentFailure(OCF.ERR_GENERIC, words)), 'start', GOOD);
    expect(host.stderr).toBe('ocf-exit-reason:first red; second; third\n');
  });

  it('shows no private value', async () => {
    const agent = agentThat(async ({ params, log }) => {
      log.warn(`trying ${params.password}`);
      throw new Error(`wrong password: ${params.password}`);
    });
    const { host } = await act(agent, 'start', agentEnv({ path: '/x', password: 'pa$$word' }));
    expect(host.stderr).toBe('WARNING: trying (private)\nocf-exit-reason:thing: wrong password: (private)\n');
  });

  it('has the prefix that the executor wants', async () => {
    const env = { ...GOOD, OCF_EXIT_REASON_PREFIX: 'why=' };
    const { host } = await act(failing(new AgentFailure(OCF.ERR_GENERIC, 'so')), 'start', env);
    expect(host.stderr).toBe('why=so\n');
  });
});

describe('parameters', () => {
  it('that are missing or wrong are refused with 6, all at once', async () => {
    for (const action of ['start', 'validate-all']) {
      const { rc, host } = await act(agentThat(succeed), action, agentEnv({ size: '0' }));
      expect([rc, host.reason]).toEqual([
        6,
        'Expected a value for the parameter path, got none: A path; ' +
          'Expected the parameter size to be a whole number of at least 1, got "0"',
      ]);
    }
  });

  it('that are wrong do not hide what is: a stop and a probe go on without', async () => {
    const seen: unknown[] = [];
    const agent = agentThat(async ({ params }) => {
      seen.push({ ...params });
    });
    for (const action of ['stop', 'monitor']) {
      const { rc, host } = await act(agent, action, agentEnv({ size: 'big' }));
      expect(rc).toBe(0);
      expect(host.stderr).toMatch(/^WARNING: Expected a value for the parameter path.*; going on without\n$/);
    }
    expect(seen).toEqual(Array(2).fill({ path: '', size: 3, password: undefined }));
  });

  it('that are wrong fail a recurring monitor', async () => {
    const env = agentEnv({}, { OCF_RESKEY_CRM_meta_interval: '10000' });
    expect((await act(agentThat(succeed), 'monitor', env)).rc).toBe(6);
  });

  it.each([
    'with blanks',
    ' tab\t and \n newline ',
    `it's "quoted"`,
    '$(touch /tmp/x) `id` ; rm -rf *',
    'ünïcode ☃',
  ])('arrive as they are: %j', async (path) => {
    let got: unknown;
    const agent = agentThat(async ({ params, isGiven }) => {
      got = [params.path, isGiven('path'), isGiven('size')];
    });
    await act(agent, 'start', agentEnv({ path }));
    expect(got).toEqual([path, true, false]);
  });
});

describe('the environment', () => {
  it('of another version of the API is refused', async () => {
    const { rc, host } = await act(agentThat(succeed), 'start', { ...GOOD, OCF_RA_VERSION_MAJOR: '2' });
    expect([rc, host.reason]).toEqual([
      1,
      'Expected version 1 of the resource agent API, got OCF_RA_VERSION_MAJOR=2',
    ]);
  });

  it('may be without a version, a HOME and a PATH', async () => {
    expect((await act(agentThat(succeed), 'start', { OCF_RESKEY_path: '/x' })).rc).toBe(0);
  });

  it.each([
    [undefined, 'default'],
    ['', 'default'],
    ['web:0', 'web:0'],
    ['a b/c', 'a b/c'],
  ])('with the instance %j is that of %s', async (name, instance) => {
    let got: unknown;
    const agent = agentThat(async (context) => {
      got = context.instance;
    });
    const { OCF_RESOURCE_INSTANCE: _, ...rest } = GOOD;
    await act(agent, 'start', name === undefined ? rest : { ...rest, OCF_RESOURCE_INSTANCE: name });
    expect(got).toBe(instance);
  });

  it.each([
    ['10', 10, true],
    ['20', 20, true],
    ['99', 99, true],
    ['5', 5, false],
    ['-1', 0, false],
    ['deep', 0, false],
    ['1e9', 0, false],
    ['', 0, false],
  ])('with check level %j is level %i', async (text, level, mayLook) => {
    let got: unknown;
    const agent = agentThat(succeed, {
      validate: async (context) => {
        got = [context.checkLevel, context.mayLookAtHost];
      },
    });
    await act(agent, 'validate-all', { ...GOOD, OCF_CHECK_LEVEL: text });
    expect(got).toEqual([level, mayLook]);
  });

  it.each([
    ['monitor', undefined, true],
    ['monitor', '0', true],
    ['monitor', '10000', false],
    ['status', '0', true],
    ['start', '0', false],
  ])('%s with interval %s: a probe %s', async (action, interval, isProbe) => {
    let got: unknown;
    const agent = agentThat(async (context) => {
      got = context.isProbe;
    });
    await act(agent, action, {
      ...GOOD,
      ...(interval === undefined ? {} : { OCF_RESKEY_CRM_meta_interval: interval }),
    });
    expect(got).toBe(isProbe);
  });
});

describe('validation', () => {
  it.each([
    ['start', true],
    ['validate-all', true],
    ['stop', false],
    ['monitor', false],
  ])('before %s: %s', async (action, runs) => {
    const agent = agentThat(succeed, {
      validate: async () => {
        throw new AgentFailure(OCF.ERR_ARGS, 'Expected a better world');
      },
    });
    expect((await act(agent, action, GOOD)).rc).toBe(runs ? 2 : 0);
  });
});

describe('time', () => {
  /** Starts an action and gives what there is to see of it. */
  function begin(agent: Agent, env = GOOD) {
    const host = new FakeHost();
    const caller = new AbortController();
    const done = runAgent(agent, { action: 'start', env, signal: caller.signal }, host);
    return { host, caller, done };
  }

  it('that is over ends an action that takes no notice, with a reason, before the executor kills it', async () => {
    const { host, done } = begin(agentThat(() => new Promise<undefined>(() => undefined)));
    await host.clock.pass(19_600);
    expect(await done).toBe(1);
    expect(host.reason).toBe('Expected start to be done within 20000 ms, got no end of it');
    expect(host.clock.waiting).toBe(0);
  });

  it("leaves the agent's own reason its turn", async () => {
    const agent = agentThat(({ waitFor }) => waitFor('Expected port 80 to answer', () => undefined));
    const { host, done } = begin(agent);
    await host.clock.pass(19_400);
    expect(await done).toBe(1);
    expect(host.reason).toBe('Expected port 80 to answer');
  });

  it('is told to the agent, and ends its programs', async () => {
    const left: number[] = [];
    const host = new FakeHost(
      (_program, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ signal: 'SIGKILL' }), { once: true });
        }),
    );
    const agent = agentThat(async ({ leftMs, run }) => {
      left.push(leftMs());
      await run({ path: '/bin/true' });
    });
    const done = runAgent(agent, { action: 'start', env: GOOD, signal: AbortSignal.abort() }, host);
    expect(await done).toBe(1);
    expect(left).toEqual([]); // it never began
    const second = runAgent(
      agent,
      { action: 'start', env: GOOD, signal: new AbortController().signal },
      host,
    );
    await host.clock.pass(19_600);
    expect(await second).toBe(1);
    expect(left).toEqual([19_000]);
    expect(host.ran[0]?.timeoutMs).toBe(19_000);
  });

  it.each([
    ['1000', 900],
    ['20000', 19_000],
    ['99999999999999', 2 ** 31 - 1 - 1000],
    ['', 19_000],
    ['-5', 19_000],
    ['soon', 19_000],
  ])('of CRM_meta_timeout=%s leaves %i ms', async (text, expected) => {
    let got = 0;
    const agent = agentThat(async ({ leftMs }) => {
      got = leftMs();
    });
    await act(agent, 'start', { ...GOOD, OCF_RESKEY_CRM_meta_timeout: text });
    expect(got).toBe(expected);
  });

  it('counts from the start that the host knows, as that of its process', async () => {
    let got = 0;
    const agent = agentThat(async ({ leftMs }) => {
      got = leftMs();
    });
    const host = new FakeHost();
    const startedAtMs = host.clock.nowMs() - 5000;
    const invocation = { action: 'start', env: GOOD, signal: new AbortController().signal };
    await runAgent(agent, invocation, Object.assign(host, { startedAtMs }));
    expect(got).toBe(14_000);
  });

  it('ends at once when the caller wants no answer any more', async () => {
    const { host, caller, done } = begin(agentThat(({ clock, signal }) => clock.sleep(1e6, signal)));
    caller.abort(new AgentFailure(OCF.ERR_GENERIC, 'Expected to get to an end, got SIGTERM'));
    expect(await done).toBe(1);
    expect(host.reason).toBe('Expected to get to an end, got SIGTERM');
    expect(host.clock.waiting).toBe(0);
  });

  it('that an action leaves behind does not hold it', async () => {
    let later: unknown;
    const agent = agentThat(async ({ clock, signal }) => {
      clock.sleep(1e6, signal).catch((error: Error) => {
        later = error.message;
      });
    });
    const { host, done } = begin(agent);
    expect(await done).toBe(0);
    expect([later, host.clock.waiting]).toEqual(['start is over', 0]);
  });
});
