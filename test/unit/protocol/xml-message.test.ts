import { describe, expect, it } from 'vitest';
import { readProxy } from '../../../src/protocol/ipc-proxy.ts';
import { readMessage } from '../../../src/protocol/xml-message.ts';

const wrapped = (inside: string, attributes = ''): string =>
  `<lrmd_ipc_proxy lrmd_ipc_op="event"><lrmd_ipc_msg${attributes}>${inside}</lrmd_ipc_msg></lrmd_ipc_proxy>`;

const messageIn = (text: string): string | undefined => readProxy(readMessage(text).root).message;

describe('a message for a local client', () => {
  it.each([
    ['<ack/>', 'the usual'],
    ['<a>text &lt; &#x1B; <!-- c --> more<![CDATA[<b>]]></a>', 'text, comments, CDATA, forbidden references'],
    ['<a b="é<"c">"/>', 'not well-formed, as 2.1.x writes after other than ASCII'],
    ['<a><lrmd_ipc_msg>x</lrmd_ipc_msg></a>', 'the wrapper itself inside'],
    [`<a>${'<b>'.repeat(500)}${'</b>'.repeat(500)}</a>`, 'deeper than a message of the protocol may be'],
  ])('%s is what came (%s)', (inside) => {
    expect(messageIn(wrapped(`\n ${inside} \n`))).toBe(inside);
    expect(messageIn(`<?xml version="1.0"?>\n${wrapped(inside)}`)).toBe(inside);
  });

  it('in a wrapper that nobody writes is read with the rest', () => {
    expect(messageIn(wrapped('<ack a="1"/>', ' x="y"'))).toBe('<ack a="1"/>');
  });

  it.each(['', ' \n'])('%j is none', (inside) => {
    expect(messageIn(wrapped(inside))).toBeUndefined();
  });

  it('is looked for in proxy messages only', () => {
    const { root } = readMessage('<lrmd_command t="lrmd"><lrmd_ipc_msg><a/></lrmd_ipc_msg></lrmd_command>');
    expect(root.children[0]).toMatchObject({ name: 'lrmd_ipc_msg', children: [{ name: 'a' }] });
  });

  it('does not hide what is wrong around it', () => {
    const { root, damage } = readMessage(`${wrapped('<ack/>').slice(0, -2)}`);
    expect(damage).toBeDefined();
    expect(readProxy(root)).toEqual({ op: 'event', message: '<ack/>' });
  });
});
