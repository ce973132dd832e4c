import { describe, expect, it } from 'vitest';
import { writeExec } from '../../../src/protocol/exec.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import { ECHO_LIMIT_BYTES, FRAME_TIMEOUT_MS, TEXT_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { listen, makeHub, op, RSC } from './kit.ts';

describe('register', () => {
  it('is answered with everything a controller looks at', () => {
    const peer = makeHub().connect();
    peer.request(
      'register',
      'lrmd_clientname="c" lrmd_protocol_version="1.1" lrmd_is_ipc_provider="true"',
      '',
      7,
    );
    expect(peer.received[0]).toMatchObject({
      name: 'lrmd_reply',
      attributes: {
        lrmd_op: 'register',
        lrmd_rc: '0',
        lrmd_callid: '1',
        lrmd_clientid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        lrmd_protocol_version: '1.2',
        uptime: '42',
        node_start_state: 'standby',
        lrmd_remote_msg_id: '7',
        lrmd_remote_msg_type: 'reply',
      },
    });
  });

  it.each(['', 'lrmd_protocol_version="0.1"'])(
    'is refused with a reply for version %j, and no name is taken',
    (version) => {
      const { connect, register } = makeHub();
      const peer = connect();
      peer.request('register', `lrmd_clientname="c" ${version}`);
      expect(peer.told()).toEqual(['reply register -71']);
      register('other').request('lrmd_rsc_poke');
      expect(peer.told()).toEqual([]);
    },
  );

  it('may come again', () => {
    const { register } = makeHub();
    const peer = register('a');
    peer.request('register', 'lrmd_clientname="b" lrmd_protocol_version="1.1"');
    expect(peer.told()).toEqual(['reply register 0']);
  });
});

const ALERT =
  '<lrmd_alert lrmd_alert_id="mail" lrmd_alert_path="/bin/mail" lrmd_timeout="30000">' +
  '<attributes CRM_alert_kind="node"/></lrmd_alert>';

describe('a connection', () => {
  it('is announced to the others that have a name, never to itself', () => {
    const { connect, register } = makeHub();
    const first = register('first');
    const stranger = connect('stranger');
    expect(first.told()).toEqual(['notify lrmd_rsc_new_client']);
    expect(stranger.told()).toEqual([]);
    connect('another');
    expect(stranger.told()).toEqual([]);
  });

  it('has its requests carried out before it registers, but hears no notifications', () => {
    const { connect } = makeHub();
    const peer = connect();
    peer.request('lrmd_rsc_register', '', RSC);
    expect(peer.told()).toEqual(['reply  0']);
  });

  it('numbers every request of every client', () => {
    const { connect } = makeHub();
    const [one, other] = [connect(), connect()];
    one.request('lrmd_rsc_poke');
    other.request('nonsense');
    one.request('ipc_fwd');
    expect([...one.received, ...other.received].map(({ attributes }) => attributes['lrmd_callid'])).toEqual([
      '1',
      '3',
      '2',
    ]);
  });
});

describe('requests', () => {
  it.each([
    ['a resource', 'lrmd_rsc_register', RSC, ['reply  0', 'notify lrmd_rsc_register 0']],
    ['a resource without an id', 'lrmd_rsc_register', '<lrmd_rsc/>', ['reply  -22']],
    ['nothing', 'lrmd_rsc_register', '', ['reply  -22']],
    ['an unknown resource', 'lrmd_rsc_info', '<lrmd_rsc lrmd_rsc_id="x"/>', ['reply  -19']],
    ['no resource', 'lrmd_rsc_info', '', ['reply  -19']],
    [
      'an unknown resource',
      'lrmd_rsc_unregister',
      '<lrmd_rsc lrmd_rsc_id="x"/>',
      ['reply  0', 'notify lrmd_rsc_unregister 0'],
    ],
    ['no resource', 'lrmd_rsc_unregister', '', ['reply  -19']],
    ['an unknown resource', 'lrmd_rsc_exec', op('start'), ['reply  -19']],
    ['no resource', 'lrmd_rsc_exec', '<lrmd_rsc lrmd_rsc_action="start"/>', ['reply  -22']],
    ['an unknown resource', 'lrmd_rsc_cancel', op('start'), ['reply  -19']],
    ['no action', 'lrmd_rsc_cancel', '<lrmd_rsc lrmd_rsc_id="r1"/>', ['reply  -22']],
    ['an unknown resource', 'lrmd_get_recurring', '<lrmd_rsc lrmd_rsc_id="x"/>', ['reply  -19']],
    ['all', 'lrmd_get_recurring', '', ['reply  0']],
    ['a poke', 'lrmd_rsc_poke', '', ['reply  0', 'notify lrmd_rsc_poke 0']],
    ['an alert', 'lrmd_alert_exec', ALERT, ['reply  0']],
    ['an alert without id and path', 'lrmd_alert_exec', '<lrmd_alert/>', ['reply  -22']],
    ['nothing', 'lrmd_alert_exec', '', ['reply  -22']],
    ['nothing for local clients', 'ipc_fwd', '', ['reply  0']],
    ['what nobody knows', 'lrmd_dance', '', ['reply  -95']],
    ['what is only for us to send', 'lrmd_rsc_new_client', '', ['reply  -95']],
    ['the watchdog check, without an answer', 'lrmd_check', '<lrmd_op/>', []],
    ['an empty watchdog check, without an answer', 'lrmd_check', '', []],
  ])('with %s: %s', (_what, request, inner, expected) => {
    const peer = makeHub().register('c');
    peer.request(request, '', inner);
    expect(peer.told()).toEqual(expected);
  });

  it('run an operation: reply with the call id, then the result to everybody', () => {
    const { register, runner } = makeHub();
    const [one, other] = [register('one'), register('other')];
    one.request('lrmd_rsc_register', '', RSC);
    one.told();
    other.told();
    one.request('lrmd_rsc_exec', '', op('start'));
    expect(one.told()).toEqual(['reply  4']);
    runner.end({ exitReason: 'why', output: 'text' });
    expect(one.received[0]?.attributes).toMatchObject({
      lrmd_callid: '4',
      lrmd_exec_rc: '0',
      lrmd_rsc_exit_reason: 'why',
      lrmd_rsc_output: 'text',
    });
    expect(other.told()).toEqual(['notify lrmd_rsc_exec 0']);
  });

  it('tell the result only to the one that asked for that, and to nobody when it has left', () => {
    const { register, runner } = makeHub();
    const [one, other] = [register('one'), register('other')];
    one.request('lrmd_rsc_register', '', RSC);
    one.request('lrmd_rsc_exec', 'lrmd_callopt="2"', op('start'));
    one.request('lrmd_rsc_exec', 'lrmd_callopt="2"', op('stop'));
    one.told();
    other.told();
    runner.end();
    expect(one.told()).toEqual(['notify lrmd_rsc_exec 0']);
    one.close('leaves');
    runner.end();
    expect(other.told()).toEqual([]);
  });

  it('cancel: the result of the cancelled operation comes before the reply', () => {
    const { register } = makeHub();
    const peer = register('c');
    peer.request('lrmd_rsc_register', '', RSC);
    peer.request('lrmd_rsc_exec', '', op('monitor', 1000));
    peer.told();
    peer.request('lrmd_rsc_cancel', '', op('monitor', 1000));
    expect(peer.told()).toEqual(['notify lrmd_rsc_exec 1', 'reply  0']);
  });

  it('unregister with an operation in flight: in progress, and gone all the same', () => {
    const { register } = makeHub();
    const peer = register('c');
    peer.request('lrmd_rsc_register', '', RSC);
    peer.request('lrmd_rsc_exec', '', op('start'));
    peer.told();
    peer.request('lrmd_rsc_unregister', '', '<lrmd_rsc lrmd_rsc_id="r1"/>');
    peer.request('lrmd_rsc_info', '', '<lrmd_rsc lrmd_rsc_id="r1"/>');
    expect(peer.told()).toEqual(['reply  -115', 'notify lrmd_rsc_unregister -115', 'reply  -19']);
  });
});

describe('an operation with very many parameters', () => {
  const fields = { rscId: 'r1', action: 'start', intervalMs: 0, timeoutMs: 0, startDelayMs: 0 };
  const execOf = (value: string): string =>
    writeXml(writeExec({ ...fields, parameters: new Map([['p', value]]) }));
  const FEW = execOf('').length;

  function exec(request: string) {
    const { register, runner } = makeHub();
    const peer = register('a');
    peer.request('lrmd_rsc_register', '', RSC);
    peer.told();
    const heard = listen('op.refused', () => peer.request('lrmd_rsc_exec', '', request));
    return { peer, runner, heard };
  }

  it.each([
    ['a byte less than', ECHO_LIMIT_BYTES - FEW - 1],
    ['just', ECHO_LIMIT_BYTES - FEW],
  ])('is begun with %s as many as may be, and told with its output', (_what, length) => {
    const { peer, runner, heard } = exec(execOf('x'.repeat(length)));
    expect(runner.living).toEqual(['r1 start']);
    runner.end({ output: 'o'.repeat(1024 * 1024) });
    expect(peer.told()).toEqual(['reply  3', 'notify lrmd_rsc_exec 0']);
    expect(heard).toEqual([]);
  });

  it.each([
    ['letter', 'x', ECHO_LIMIT_BYTES - FEW + 1],
    ['letter of two bytes', 'é', (ECHO_LIMIT_BYTES - FEW) / 2 + 1],
    ['quote of six bytes when written', '"', (ECHO_LIMIT_BYTES - FEW) / 6 + 1],
  ])('is refused with one %s too many, and not begun', (_what, text, count) => {
    const value = text.repeat(count);
    const { peer, runner, heard } = exec(execOf('').replace('p=""', () => `p='${value}'`));
    expect(peer.told()).toEqual(['reply  -7']);
    expect(runner.runs).toEqual([]);
    expect(heard).toMatchObject([{ limitBytes: ECHO_LIMIT_BYTES }]);
  });

  it('is told without its output where both would not fit', () => {
    const { peer, runner } = exec(execOf('x'.repeat(ECHO_LIMIT_BYTES - FEW)));
    peer.told();
    const heard = listen('op.told-in-part', () =>
      runner.end({ rc: 1, exitReason: 'why', output: '"'.repeat(1024 * 1024) }),
    );
    const [result] = peer.received;
    expect(result?.attributes).toMatchObject({ lrmd_exec_rc: '1', lrmd_rsc_exit_reason: 'why' });
    expect(result?.attributes).not.toHaveProperty('lrmd_rsc_output');
    expect(result?.children[0]?.attributes['p']).toHaveLength(ECHO_LIMIT_BYTES - FEW);
    expect(heard).toEqual([{ rsc: 'r1', op: 'start', callId: 3, leftOut: 'output' }]);
  });
});

describe('a reply that is too large for a message', () => {
  it('says that it is', () => {
    const { register } = makeHub();
    const peer = register('a');
    const type = '"'.repeat(TEXT_LIMIT_BYTES / 6);
    peer.request('lrmd_rsc_register', '', `<lrmd_rsc lrmd_rsc_id='q' lrmd_class='ocf' lrmd_type='${type}'/>`);
    peer.request('lrmd_rsc_info', '', '<lrmd_rsc lrmd_rsc_id="q"/>');
    expect(peer.told()).toEqual(['reply  0', 'notify lrmd_rsc_register 0', 'reply  -7']);
  });
});

describe('when the last controller leaves', () => {
  it.each([
    ['2.1.x', 3],
    ['3.x', 1],
  ])('recurring operations registered so by %s go', (_version, callOptions) => {
    const { clock, register, runner } = makeHub();
    const [one, other] = [register('one'), register('other')];
    one.request('lrmd_rsc_register', `lrmd_callopt="${callOptions}"`, RSC);
    one.request('lrmd_rsc_exec', '', op('monitor', 1000));
    runner.end();
    one.close('leaves');
    clock.advance(1000);
    expect(runner.living).toEqual(['r1 monitor']);
    runner.end();
    other.close('leaves');
    clock.advance(5000);
    expect(runner.living).toEqual([]);
  });

  it('others go on, and are told to the next controller', () => {
    const { clock, connect, register, runner } = makeHub();
    const one = register('one');
    one.request('lrmd_rsc_register', '', RSC);
    one.request('lrmd_rsc_exec', '', op('monitor', 1000));
    runner.end();
    one.close('leaves');
    // A stranger without a name keeps nothing alive and takes nothing away.
    connect('stranger').close('leaves');
    const next = register('next');
    clock.advance(1000);
    runner.end();
    expect(next.told()).toEqual(['notify lrmd_rsc_exec 0']);
  });
});

describe('an alert', () => {
  it('goes to the alert agents with what it carries', () => {
    const { register, alerts } = makeHub();
    register('c').request('lrmd_alert_exec', '', ALERT);
    const parameters = new Map([['CRM_alert_kind', 'node']]);
    expect(alerts.sent).toEqual([{ id: 'mail', path: '/bin/mail', timeoutMs: 30_000, parameters }]);
  });

  it('is refused where nobody can run it', () => {
    const { register, alerts } = makeHub();
    alerts.hasAccount = false;
    const peer = register('c');
    peer.request('lrmd_alert_exec', '', ALERT);
    expect(peer.told()).toEqual(['reply  -22']);
  });
});

describe('a watchdog check', () => {
  it.each([
    ['<lrmd_op lrmd_watchdog="10"/>', [['10', 'c']]],
    ['<lrmd_op/>', [[undefined, 'c']]],
    ['', []],
  ])('%j is handed on', (inner, expected) => {
    const { register, checks } = makeHub();
    register('c').request('lrmd_check', '', inner);
    expect(checks).toEqual(expected);
  });
});

describe('bad input', () => {
  it.each([
    ['text', 'hello'],
    ['nothing', ''],
    ['another protocol', '<cib_command t="cib"/>'],
    ['no operation', '<lrmd_command t="lrmd"/>'],
  ])('%s is dropped and logged once; the connection stays', (_what, text) => {
    const peer = makeHub().register('c');
    const heard = listen('message.invalid', () => peer.write(text));
    expect(heard).toHaveLength(1);
    expect(peer.closed).toBe(false);
    peer.request('lrmd_rsc_poke');
    expect(peer.told()).toEqual(['reply  0', 'notify lrmd_rsc_poke 0']);
  });

  it('what 2.1.5 escapes badly is used as far as it goes', () => {
    const peer = makeHub().register('c');
    const heard = listen('message.repaired', () =>
      peer.write('<lrmd_command t="lrmd" lrmd_op="lrmd_rsc_poke" lrmd_remote_msg_id="3" x="é"y"/>'),
    );
    expect(heard).toHaveLength(1);
    expect(peer.told()).toEqual(['reply  0', 'notify lrmd_rsc_poke 0']);
  });

  it('a malformed frame closes the connection with one line; the others are unharmed', () => {
    const { register } = makeHub();
    const [bad, good] = [register('bad'), register('good')];
    good.request('lrmd_rsc_register', '', RSC);
    const heard = listen('frame.invalid', () => bad.onData(Buffer.alloc(100, 'x')));
    expect(heard).toEqual([expect.objectContaining({ peer: 'bad', field: 'magic' })]);
    expect(bad.closed).toBe(true);
    good.told();
    good.request('lrmd_rsc_info', '', '<lrmd_rsc lrmd_rsc_id="r1"/>');
    expect(good.told()).toEqual(['reply  0']);
  });

  it('a frame that never becomes whole closes the connection; silence between frames does not', () => {
    const { clock, register } = makeHub();
    const peer = register('c');
    clock.advance(10 * FRAME_TIMEOUT_MS);
    expect(peer.closed).toBe(false);
    peer.onData(Buffer.from([0xbd]));
    const heard = listen('frame.invalid', () => clock.advance(FRAME_TIMEOUT_MS));
    expect(heard).toHaveLength(1);
    expect(peer.closeReason).toBe('incomplete frame');
    expect(clock.waiting).toBe(0);
  });
});
