import { describe, expect, it } from 'vitest';
import type { Answer } from '../../helpers/fake-cluster/server.ts';
import { FakeCluster } from '../../helpers/fake-cluster.ts';

const ask = (
  cluster: FakeCluster,
  server: string,
  text: string,
  isWaiting = true,
): Promise<readonly Answer[]> => cluster.answer({ server, session: 's', text, user: 'root', isWaiting });

const cibCommand = (op: string, rest: string, data = ''): string =>
  `<cib_command cib_op="${op}" cib_callid="3" ${rest}>${data === '' ? '' : `<cib_calldata>${data}</cib_calldata>`}</cib_command>`;

describe('the fake cluster answers as the real one', () => {
  it.each([
    ['a synchronous query by a response', '4352', 'response'],
    ['any other by an event', '256', 'event'],
  ])('%s', async (_what, options, as) => {
    const rest = `cib_section="nodes" cib_callopt="${options}"`;
    const [answer] = await ask(new FakeCluster(), 'cib_rw', cibCommand('cib_query', rest));
    expect(answer?.as).toBe(as);
    expect(answer?.text).toMatch(/cib_callid="3".*cib_rc="0".*<node id="1" uname="node-1"\/>/);
  });

  it('what is not there with -6', async () => {
    const rest = 'cib_section="//nvpair[@name=\'none\']" cib_callopt="4354"';
    const [answer] = await ask(new FakeCluster(), 'cib_ro', cibCommand('cib_query', rest));
    expect(answer?.text).toContain('cib_rc="-6"');
  });

  it('hello with nothing, a question to the controller by an event', async () => {
    const cluster = new FakeCluster();
    expect(await ask(cluster, 'crmd', '<m crm_task="hello"/>', false)).toEqual([]);
    const answers = await ask(cluster, 'crmd', '<m crm_task="node-info" reference="r1" crm_sys_from="t"/>');
    expect(answers.map(({ as }) => as)).toEqual(['response', 'event']);
    expect(answers[1]?.text).toMatch(/reference="r1".*crm_sys_to="t".*uname="remote-1"/);
  });
});

describe('the fake cluster remembers', () => {
  const merge =
    '<node id="1"><instance_attributes id="a"><nvpair id="b" name="c" value="d"/></instance_attributes></node>';
  it.each([
    ['a change', 'cib_modify', 'cib_section="nodes"', merge, '<nvpair id="b" name="c" value="d"/>'],
    ['an addition', 'cib_create', 'cib_section="nodes"', '<node id="3"/>', '<node id="3"/>'],
    [
      'a replacement',
      'cib_replace',
      'cib_section="nodes"',
      '<nodes><node id="9"/></nodes>',
      '<nodes><node id="9"/></nodes>',
    ],
    [
      'a removal',
      'cib_delete',
      'cib_section="nodes"',
      '<node id="2"/>',
      '<nodes><node id="1" uname="node-1"/></nodes>',
    ],
  ])('%s of the configuration', async (_what, op, rest, data, expected) => {
    const cluster = new FakeCluster();
    await ask(cluster, 'cib_rw', cibCommand(op, `${rest} cib_callopt="4096"`, data));
    expect(cluster.cib.text).toContain(expected);
    expect(cluster.cib.text).toContain('num_updates="1"');
  });

  it('an addition that is there already is refused', async () => {
    const command = cibCommand('cib_create', 'cib_section="nodes" cib_callopt="4096"', '<node id="1"/>');
    const [answer] = await ask(new FakeCluster(), 'cib_rw', command);
    expect(answer?.text).toContain('cib_rc="-17"');
  });

  it('attributes, for the manager of attributes and in the configuration', async () => {
    const cluster = new FakeCluster();
    const update = (value: string): string => `<u task="update" attr_name="a" attr_value="${value}"/>`;
    await ask(cluster, 'attrd', update('7'));
    await ask(cluster, 'attrd', update('value++'));
    const [answer] = await ask(cluster, 'attrd', '<q task="query" attr_name="a"/>');
    expect(answer?.text).toContain('<node attr_host="remote-1" attr_value="8"/>');
    expect(cluster.cib.text).toContain('<nvpair id="status-remote-1-a" name="a" value="8"/>');
    await ask(cluster, 'attrd', '<u task="update" attr_name="a"/>');
    expect(cluster.cib.text).not.toContain('status-remote-1-a"');
  });
});

it('a test may answer in place of the fake cluster', async () => {
  const cluster = new FakeCluster({ override: ({ server }) => (server === 'attrd' ? [] : undefined) });
  expect(await ask(cluster, 'attrd', '<q task="query"/>')).toEqual([]);
  expect(await ask(cluster, 'stonith-ng', '<r st_op="register"/>')).toHaveLength(1);
  expect(cluster.requests.map(({ server }) => server)).toEqual(['attrd', 'stonith-ng']);
});
