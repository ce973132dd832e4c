import { describe, expect, it } from 'vitest';
import { readAlert, writeAlert } from '../../../src/protocol/alert.ts';
import { readCheck, writeCheck } from '../../../src/protocol/check.ts';
import { type Envelope, readEnvelope, writeRequest } from '../../../src/protocol/envelope.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';

/** What a daemon reads of a request with that data. */
function request(op: string, ...data: XmlElement[]): Envelope {
  const envelope = readEnvelope(readXml(writeXml(writeRequest(op, 1, {}, data))).root);
  if (envelope === undefined) {
    throw new Error('no request');
  }
  return envelope;
}

const inner = (text: string): XmlElement => readXml(text).root;

describe('an alert', () => {
  it('is read as it was written', () => {
    const fields = {
      id: 'mail',
      path: '/usr/lib/alert',
      timeoutMs: 30_000,
      parameters: new Map([
        ['CRM_alert_recipient', 'a "b" <c>'],
        ['1digit', 'x'],
      ]),
    };
    expect(readAlert(request('lrmd_alert_exec', writeAlert(fields)))).toEqual(fields);
  });

  it.each([
    ['without data', ''],
    ['without an id', '<lrmd_alert lrmd_alert_path="/a"/>'],
    ['without a path', '<lrmd_alert lrmd_alert_id="a"/>'],
    ['with a timeout that is none', '<lrmd_alert lrmd_alert_id="a" lrmd_alert_path="/a" lrmd_timeout="x"/>'],
  ])('%s is none', (_what, text) => {
    expect(readAlert(request('lrmd_alert_exec', ...(text === '' ? [] : [inner(text)])))).toBeUndefined();
  });

  it('may have no timeout and no parameters', () => {
    const text = '<lrmd_alert lrmd_alert_id="a" lrmd_alert_path="/a"/>';
    expect(readAlert(request('lrmd_alert_exec', inner(text)))).toEqual({
      id: 'a',
      path: '/a',
      timeoutMs: 0,
      parameters: new Map(),
    });
  });
});

describe('a watchdog check', () => {
  it.each([['10s'], [''], [undefined]])('with %j is read as it was written', (watchdog) => {
    const read = readCheck(request('lrmd_check', writeCheck(watchdog)));
    expect(read).toEqual(watchdog === undefined ? {} : { watchdog });
  });

  it('without data is none', () => {
    expect(readCheck(request('lrmd_check'))).toBeUndefined();
  });
});
