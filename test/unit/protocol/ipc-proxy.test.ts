import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../../src/protocol/envelope.ts';
import { readProxy, writeForward, writeProxyNotify } from '../../../src/protocol/ipc-proxy.ts';
import { hasSchemas } from '../../../src/protocol/register.ts';
import { readMessage } from '../../../src/protocol/xml-message.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import { element } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';

const again = (fields: Parameters<typeof writeProxyNotify>[0]) =>
  readProxy(readMessage(writeXml(writeProxyNotify(fields))).root);

describe('messages for local clients', () => {
  it.each([
    { op: 'new', server: 'cib_ro', session: 's' },
    { op: 'request', session: 's', client: 'proxy-cib_ro-1-s', user: 'root', messageId: 0, flags: 768 },
    { op: 'destroy', session: 's' },
    {
      op: 'response',
      session: 's',
      messageId: 3,
      message: '<ack a="&#10;">one &lt; <!-- --> two<![CDATA[<x>]]></ack>',
    },
  ])('$op is read as it was written', (fields) => {
    expect(again(fields)).toEqual(fields);
  });

  it('of a controller are requests with an envelope', () => {
    const root = writeForward({ op: 'shutdown_ack' }, 7);
    expect(readEnvelope(root)).toMatchObject({ op: 'ipc_fwd', messageId: '7' });
    expect(readProxy(root)).toEqual({ op: 'shutdown_ack' });
  });

  it.each([
    ['<lrmd_ipc_proxy/>', { op: '' }],
    ['<lrmd_ipc_proxy lrmd_ipc_op="EVENT" lrmd_ipc_session=""/>', { op: 'event' }],
    ['<lrmd_ipc_proxy lrmd_ipc_op="response" lrmd_ipc_msg_id="x"/>', { op: 'response' }],
    ['<lrmd_ipc_proxy lrmd_ipc_op="event"><lrmd_ipc_msg/></lrmd_ipc_proxy>', { op: 'event' }],
    ['<lrmd_ipc_proxy lrmd_ipc_op="event"><ack/></lrmd_ipc_proxy>', { op: 'event' }],
  ])('%s is read as far as it goes', (text, expected) => {
    expect(readProxy(readMessage(text).root)).toEqual(expected);
  });

  it.each([
    ['1', false],
    ['1.1', false],
    ['1.2', true],
    ['1.10', true],
    ['2', true],
  ])('a provider of version %s has schema files: %s', (version, expected) => {
    expect(hasSchemas(version)).toBe(expected);
  });
});

describe('CDATA', () => {
  it.each(['', 'plain', '<a b="c">&amp;</a>\n\t', ']]>', ']]]]>>', 'é 🙂'])(
    '%j is read as it was written',
    (cdata) => {
      const text = writeXml({ ...element('file', { path: 'x' }), cdata });
      expect(readXml(text)).toEqual({
        root: { name: 'file', attributes: { path: 'x' }, children: [], cdata },
      });
    },
  );

  it('of an element is one text, whatever stands between; other text is none', () => {
    const { root } = readXml('<a> text <![CDATA[1]]> <b><![CDATA[x]]></b> <![CDATA[2]]></a>');
    expect(root).toMatchObject({ cdata: '12', children: [{ name: 'b', cdata: 'x' }] });
    expect(readXml('<a> text </a>').root).not.toHaveProperty('cdata');
  });
});
