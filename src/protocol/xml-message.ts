import { ELEMENT } from './names.ts';
import { readXml, type XmlReading } from './xml-read.ts';

const OPENED = `<${ELEMENT.proxyMessage}>`;
const CLOSED = `</${ELEMENT.proxyMessage}>`;
const IS_PROXY = new RegExp(`^\\s*(<\\?xml[^>]*\\?>\\s*)?<${ELEMENT.proxy}[\\s/>]`);

/**
 * Reads one message of a connection. What a message for a local client holds is kept as the text that came, unread: it
 * is that client's, may be megabytes of configuration, and the relay never interprets it [protocol 6.4].
 * @throws AgentError MESSAGE_INVALID, as `readXml`
 */
export function readMessage(text: string): XmlReading {
  const begin = IS_PROXY.test(text) ? text.indexOf(OPENED) : -1;
  const end = begin === -1 ? -1 : text.lastIndexOf(CLOSED);
  if (end < begin || end === -1) {
    return readXml(text);
  }
  const raw = text.slice(begin + OPENED.length, end).trim();
  const around = `${text.slice(0, begin)}<${ELEMENT.proxyMessage}/>${text.slice(end + CLOSED.length)}`;
  const reading = readXml(around);
  const { root } = reading;
  const children = root.children.map((child) =>
    child.name === ELEMENT.proxyMessage ? { ...child, raw } : child,
  );
  return { ...reading, root: { ...root, children } };
}
