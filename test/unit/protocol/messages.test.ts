import { describe, expect, it } from 'vitest';
import {
  type Completion,
  readCompletion,
  writeCompletion,
  writeFittingCompletion,
} from '../../../src/protocol/completion.ts';
import { type Envelope, readEnvelope, writeReply, writeRequest } from '../../../src/protocol/envelope.ts';
import { readExec, writeExec } from '../../../src/protocol/exec.ts';
import { readParameters, writeParameters } from '../../../src/protocol/parameters.ts';
import { isVersionAccepted, readRegister } from '../../../src/protocol/register.ts';
import { readCancel, readRsc } from '../../../src/protocol/rsc.ts';
import { compareVersions, readInteger } from '../../../src/protocol/values.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import { element } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';

const request = (text: string): Envelope => {
  const envelope = readEnvelope(readXml(text).root);
  if (envelope === undefined) {
    throw new Error('no request');
  }
  return envelope;
};

// As Debian's liblrmd 2.1.5 sends them.
const REGISTER = `<lrmd_command t="lrmd" lrmd_op="register" lrmd_clientname="pacemaker-remote-10.0.0.5:3121"
  lrmd_protocol_version="1.1" lrmd_is_ipc_provider="true" lrmd_remote_msg_id="1" lrmd_remote_msg_type="request"/>`;
const EXEC = `<lrmd_command __name__="lrmd_command" t="lrmd" lrmd_async_id="b62e34ff" lrmd_op="lrmd_rsc_exec"
  lrmd_timeout="20000" lrmd_callopt="6" lrmd_remote_msg_id="4" lrmd_remote_msg_type="request"><lrmd_calldata>
  <lrmd_rsc lrmd_origin="lrmd_api_exec" lrmd_rsc_id="r1" lrmd_rsc_action="start" lrmd_rsc_userdata_str="0:1:0:uuid"
  lrmd_rsc_interval="4294967295" lrmd_timeout="20000" lrmd_rsc_start_delay="7"><attributes empty=""
  CRM_meta_timeout="20000"><param name="1digit" value="x"/></attributes></lrmd_rsc></lrmd_calldata></lrmd_command>`;

describe('the envelope', () => {
  it('is read from a request', () => {
    expect(request(EXEC)).toMatchObject({ op: 'lrmd_rsc_exec', messageId: '4', callOptions: 6 });
  });

  it.each([
    ['without t', '<lrmd_command lrmd_op="register"/>'],
    ['without an operation', '<lrmd_command t="lrmd"/>'],
    ['that is a reply', '<lrmd_reply t="lrmd" lrmd_op="register" lrmd_remote_msg_type="reply"/>'],
    ['of another protocol', '<cib_command t="cib" lrmd_op="register"/>'],
  ])('drops a message %s', (_what, text) => {
    expect(readEnvelope(readXml(text).root)).toBeUndefined();
  });

  it('takes a proxy message without t', () => {
    expect(request('<lrmd_ipc_proxy lrmd_op="ipc_fwd" lrmd_ipc_op="shutdown_ack"/>').op).toBe('ipc_fwd');
  });

  it('gives the message id back in the reply', () => {
    const reply = writeReply(request(EXEC), 9, -19);
    expect(reply.attributes).toMatchObject({
      lrmd_rc: '-19',
      lrmd_callid: '9',
      lrmd_remote_msg_id: '4',
      lrmd_remote_msg_type: 'reply',
    });
  });
});

describe('register', () => {
  it('is read', () => {
    expect(readRegister(request(REGISTER))).toEqual({
      clientName: 'pacemaker-remote-10.0.0.5:3121',
      protocolVersion: '1.1',
      isIpcProvider: true,
    });
  });

  it.each([
    ['1.0', true],
    ['1', true],
    ['1.1', true],
    ['1.2', true],
    ['1.10', true],
    ['2.0', true],
    ['0.9', false],
    ['', false],
    ['one', false],
    ['1.x', false],
    [undefined, false],
  ])('version %s is accepted: %s', (version, isAccepted) => {
    expect(isVersionAccepted(version)).toBe(isAccepted);
  });
});

describe('exec', () => {
  it('is read with every attribute and both forms of parameters', () => {
    const fields = readExec(request(EXEC));
    expect(fields).toMatchObject({
      rscId: 'r1',
      action: 'start',
      userData: '0:1:0:uuid',
      intervalMs: 4294967295,
      timeoutMs: 20000,
      startDelayMs: 7,
    });
    expect([...(fields?.parameters ?? [])]).toEqual([
      ['empty', ''],
      ['CRM_meta_timeout', '20000'],
      ['1digit', 'x'],
    ]);
  });

  it('is written as it is read', () => {
    const fields = readExec(request(EXEC));
    if (fields === undefined) {
      throw new Error('not read');
    }
    const again = writeRequest('lrmd_rsc_exec', 4, {}, [writeExec(fields)]);
    expect(readExec(request(writeXml(again)))).toEqual(fields);
  });

  it.each([
    ['no resource', '<lrmd_rsc lrmd_rsc_action="start"/>'],
    ['an empty id', '<lrmd_rsc lrmd_rsc_id="" lrmd_rsc_action="start"/>'],
    ['an interval that is no number', '<lrmd_rsc lrmd_rsc_id="r" lrmd_rsc_interval="often"/>'],
    ['a negative interval', '<lrmd_rsc lrmd_rsc_id="r" lrmd_rsc_interval="-1"/>'],
    ['a timeout with a unit', '<lrmd_rsc lrmd_rsc_id="r" lrmd_timeout="20s"/>'],
    ['nothing', ''],
  ])('is refused with %s', (_what, rsc) => {
    const text = `<lrmd_command t="lrmd" lrmd_op="lrmd_rsc_exec"><lrmd_calldata>${rsc}</lrmd_calldata></lrmd_command>`;
    expect(readExec(request(text))).toBeUndefined();
  });
});

describe('other requests', () => {
  it('find their resource anywhere in the message', () => {
    const rsc = readRsc(
      request(
        '<lrmd_command t="lrmd" lrmd_op="x"><y><lrmd_rsc lrmd_rsc_id="r" lrmd_class="lsb" lrmd_type="t"/></y></lrmd_command>',
      ),
    );
    expect(rsc).toEqual({ id: 'r', class: 'lsb', type: 't' });
  });

  it.each([
    ['id', '<lrmd_rsc lrmd_rsc_action="monitor"/>'],
    ['action', '<lrmd_rsc lrmd_rsc_id="r"/>'],
  ])('cancel needs the %s', (_what, rsc) => {
    expect(readCancel(request(`<lrmd_command t="lrmd" lrmd_op="x">${rsc}</lrmd_command>`))).toBeUndefined();
  });
});

describe('completion', () => {
  const DONE = {
    ...{
      rscId: 'r',
      action: 'start',
      intervalMs: 0,
      timeoutMs: 0,
      startDelayMs: 0,
      callId: 1,
      rc: 0,
      status: 0,
    },
    ...{ rscDeleted: false, runTime: 0, rcChangeTime: 0, execTimeMs: 0, queueTimeMs: 0 },
    ...{ userData: 'user data', exitReason: 'reason', output: 'output', parameters: new Map([['p', 'v']]) },
  };
  const bytesOf = (done: Completion): number => writeXml(writeCompletion(done)).length;
  const { output: _output, ...silent } = DONE;
  const { exitReason: _exitReason, ...bare } = silent;
  const { userData: _userData, ...least } = bare;

  it.each([
    ['everything', bytesOf(DONE), DONE, []],
    ['no output', bytesOf(DONE) - 1, silent, ['output']],
    ['no output, just', bytesOf(silent), silent, ['output']],
    ['no reason either', bytesOf(silent) - 1, bare, ['output', 'exitReason']],
    ['no user data either', bytesOf(bare) - 1, least, ['output', 'exitReason', 'userData']],
    ['too much all the same', 0, least, ['output', 'exitReason', 'userData']],
  ])('is told within a limit with %s', (_what, limitBytes, told, leftOut) => {
    const fitting = writeFittingCompletion(DONE, limitBytes);
    expect(readCompletion(fitting.message)).toEqual(told);
    expect(fitting.leftOut).toEqual(leftOut);
  });

  it('is told with all that there is where that fits', () => {
    expect(writeFittingCompletion(least, bytesOf(least))).toMatchObject({ leftOut: [] });
    expect(writeFittingCompletion(bare, bytesOf(bare) - 1).leftOut).toEqual(['userData']);
  });

  it('carries everything to the other side', () => {
    const done = {
      rscId: 'r1',
      action: 'monitor',
      userData: '1:2:7:u',
      intervalMs: 2000,
      timeoutMs: 20_000,
      startDelayMs: 3,
      parameters: new Map([
        ['a', '<"é"\n>'],
        ['2b', ''],
        ['with space', 'x'],
      ]),
      callId: 12,
      rc: 7,
      status: 0,
      rscDeleted: true,
      runTime: 1_795_337_609,
      rcChangeTime: 1_795_337_610,
      execTimeMs: 16,
      queueTimeMs: 1,
      exitReason: 'why "not"',
      output: 'line\n\tline',
    };
    expect(readCompletion(readXml(writeXml(writeCompletion(done))).root)).toEqual(done);
  });

  it('has no attribute for what is absent', () => {
    const text = writeXml(
      writeCompletion({
        ...{
          rscId: 'r',
          action: 'start',
          intervalMs: 0,
          timeoutMs: 0,
          startDelayMs: 0,
          parameters: new Map(),
        },
        ...{
          callId: 1,
          rc: 0,
          status: 0,
          rscDeleted: false,
          runTime: 0,
          rcChangeTime: 0,
          execTimeMs: 0,
          queueTimeMs: 0,
        },
      }),
    );
    expect(text).not.toMatch(/userdata|exit_reason|output/);
    expect(text).toContain('<attributes/>');
  });
});

describe('values', () => {
  it.each([
    ['0', 0],
    ['-5', -5],
    ['+7', 7],
    [' 12 ', 12],
    ['4294967295', 4_294_967_295],
    ['', undefined],
    ['1.5', undefined],
    ['0x10', undefined],
    ['99999999999999999999', undefined],
    [undefined, 0],
  ])('the integer in %j is %s', (text, expected) => {
    expect(readInteger(text)).toBe(expected);
  });

  it.each([
    ['1.2', '1.10', -8],
    ['1', '1.0', 0],
    ['2', '1.9', 1],
  ])('compares %s with %s', (one, other, expected) => {
    expect(compareVersions(one, other)).toBe(expected);
  });

  it('keeps a parameter called __proto__', () => {
    const parameters = new Map([['__proto__', 'x']]);
    expect(readParameters(element('r', {}, [writeParameters(parameters)]))).toEqual(parameters);
  });
});
