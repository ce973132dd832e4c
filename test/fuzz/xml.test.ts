import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvelope } from '../../src/protocol/envelope.ts';
import { readExec } from '../../src/protocol/exec.ts';
import { readCancel, readRsc } from '../../src/protocol/rsc.ts';
import { readXml, type XmlReading } from '../../src/protocol/xml-read.ts';
import { writeXml } from '../../src/protocol/xml-write.ts';
import { damagedMessage, MESSAGES } from './messages.ts';
import { settings } from './settings.ts';

/** The reading, or undefined for what is refused; anything else that is thrown fails the test. */
function tryRead(text: string): XmlReading | undefined {
  try {
    return readXml(text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MESSAGE_INVALID' });
    return undefined;
  }
}

describe('the XML reader', () => {
  it('reads the messages that the others are made from', () => {
    for (const text of MESSAGES) {
      expect(tryRead(text)?.damage).toBeUndefined();
    }
  });

  it('throws nothing but MESSAGE_INVALID for damaged messages', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => {
        tryRead(text);
      }),
      settings(3000),
    );
  });

  it('gives a tree that can be written and read again as it is', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => {
        const first = tryRead(text);
        fc.pre(first !== undefined);
        const second = tryRead(writeXml(first.root));
        expect(second?.damage).toBeUndefined();
        expect(writeXml(second?.root ?? first.root)).toBe(writeXml(first.root));
      }),
      settings(1500),
    );
  });

  it('gives what the decoders of requests take, or refuse, without an exception', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => {
        const envelope = readEnvelope(tryRead(text)?.root ?? { name: '', attributes: {}, children: [] });
        if (envelope !== undefined) {
          for (const decode of [readExec, readRsc, readCancel]) {
            decode(envelope);
          }
        }
      }),
      settings(1500),
    );
  });

  // Effort that grows with the square would run into the runner's own limit at this size.
  it.each([
    [
      'attributes',
      (n: number) => `<a ${Array.from({ length: n }, (_none, i) => `b${i}="${i}"`).join(' ')}/>`,
    ],
    ['the same attribute', (n: number) => `<a${' b="c"'.repeat(n)}/>`],
    ['references', (n: number) => `<a b="${'&#x1B;'.repeat(n)}"/>`],
    ['ampersands', (n: number) => `<a b="${'&'.repeat(n)}"/>`],
    ['half references', (n: number) => `<a b="${'&#'.repeat(n)}"/>`],
    ['angle brackets', (n: number) => `<a b="${'<'.repeat(n)}"/>`],
    ['comments', (n: number) => `<a>${'<!-- -->'.repeat(n)}</a>`],
    ['a comment without end', (n: number) => `<a><!--${'-'.repeat(n)}`],
    ['CDATA', (n: number) => `<a>${'<![CDATA[]]>'.repeat(n)}</a>`],
    ['spaces', (n: number) => `<a${' '.repeat(n)}b="c"/>`],
    ['a long name', (n: number) => `<${'a'.repeat(n)}/>`],
    ['closing tags', (n: number) => `<a>${'</a>'.repeat(n)}`],
    ['text', (n: number) => `<a>${'x'.repeat(n)}</a>`],
    ['nothing but brackets', (n: number) => '<'.repeat(n)],
  ])('comes to an end with very many %s', (_what, make) => {
    tryRead(make(200_000));
  });
});
