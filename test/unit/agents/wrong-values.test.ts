import { describe, expect, it } from 'vitest';
import type { Parameter } from '../../../agents/kit/index.ts';
import { act, agentEnv } from '../../helpers/agent-host.ts';
import { ourAgents } from '../../helpers/our-agents.ts';
import type { WrongValues } from './wrong-value.ts';

/** What is wrong for a type, whatever the parameter means. */
const WRONG_FOR_TYPE: Readonly<Record<string, readonly string[]>> = {
  integer: ['abc', '1.5', '5s', '0x10', '99999999999999999999'],
  boolean: ['maybe', '2', 'wahr'],
  duration: ['soon', '-1', '1.5s', '10 parsecs'],
  select: ['none of them', 'AUTO '],
  string: [],
};

const agents = await Promise.all(
  ourAgents.map(async (agent) => {
    const { values } = (await import(`./wrong/${agent.name}.ts`)) as { values: WrongValues };
    return {
      agent,
      ...values,
      parameters: Object.entries(agent.parameters as Record<string, Parameter<unknown>>),
    };
  }),
);

/** A reason that a person understands: one line that says what was expected, and what came. */
const FOR_PEOPLE = /^Expected (?!.*Expected).*, (got|but|it is|there is) .*[^.\s]$/;

describe.each(agents.map((each) => [each.agent.name, each] as const))('%s', (_name, each) => {
  const { agent, good, wrong, anyText, parameters } = each;
  const validate = async (values: Readonly<Record<string, string>>, level = 0) => {
    const { rc, host } = await act(
      agent,
      'validate-all',
      agentEnv({ ...good, ...values }, { OCF_CHECK_LEVEL: String(level) }),
    );
    return { rc, reason: host.reason ?? '', stdout: host.stdout };
  };

  it('takes good values', async () => {
    expect(await validate({})).toEqual({ rc: 0, reason: '', stdout: '' });
  });

  it('says of every text parameter what is wrong for it, or why nothing is', () => {
    const open = parameters
      .filter(([name, { type }]) => type === 'string' && !wrong.some(({ parameter }) => parameter === name))
      .map(([name]) => name)
      .filter((name) => anyText[name] === undefined);
    expect(open).toEqual([]);
  });

  it('says nothing of a parameter that there is not', () => {
    const names = parameters.map(([name]) => name);
    const told = [...Object.keys(good), ...Object.keys(anyText), ...wrong.map(({ parameter }) => parameter)];
    expect(told.filter((name) => !names.includes(name))).toEqual([]);
  });

  const byType = parameters.flatMap(([name, about]) =>
    (WRONG_FOR_TYPE[about.type] ?? []).map((value) => [name, value, about] as const),
  );
  it.runIf(byType.length > 0).each(byType)(
    '%s=%j is wrong for its type',
    async (name, value, { isPrivate }) => {
      const { rc, reason } = await validate({ [name]: value });
      expect(rc).toBe(6);
      expect(reason).toMatch(FOR_PEOPLE);
      expect(reason).toContain(`Expected the parameter ${name} to be `);
      expect(reason.includes(value)).toBe(isPrivate !== true);
    },
  );

  const required = parameters.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  it.runIf(required.length > 0).each(required)('wants %s', async (name) => {
    expect(await validate({ [name]: '' })).toMatchObject({
      rc: 6,
      reason: expect.stringContaining(`Expected a value for the parameter ${name}, got none: `),
    });
  });

  const rows = wrong.map((row) => [row.parameter, row.value, row] as const);
  it.runIf(rows.length > 0).each(rows)('%s=%j is wrong', async (name, value, row) => {
    const { rc, reason } = await validate({ ...row.beside, [name]: value }, row.level);
    expect(reason).toMatch(row.reason);
    expect(rc).toBe(row.code);
    expect(reason).toMatch(FOR_PEOPLE);
  });

  it('takes any text where it says so', async () => {
    for (const name of Object.keys(anyText)) {
      for (const value of ['ü "x" \'y\'', '$(touch /tmp/x);`id`', 'a\nb']) {
        expect((await validate({ [name]: value })).rc, `${name}=${value}`).toBe(0);
      }
    }
  });
});
