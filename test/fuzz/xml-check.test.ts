import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkXml } from '../../src/protocol/xml-check.ts';
import { readXml } from '../../src/protocol/xml-read.ts';
import { damagedMessage, MESSAGES } from './messages.ts';
import { settings } from './settings.ts';

/** What a client would add to break out of the document that its message is put into. */
const foreign = fc
  .tuple(
    damagedMessage,
    fc.constantFrom(
      '',
      '</lrmd_ipc_msg>',
      '<evil/>',
      ']]>',
      '-->',
      '?>',
      '<!--',
      '<![CDATA[',
      '"',
      "'",
      '\ud800',
    ),
    fc.nat(1200),
  )
  .map(([message, put, at]) => `${message.slice(0, at)}${put}${message.slice(at)}`);

async function kept(text: string): Promise<{ text: string; damage?: string } | undefined> {
  const check = await checkXml(text);
  return 'refused' in check ? undefined : check;
}

describe('the check of local messages', () => {
  it('lets whole messages through untouched', async () => {
    for (const text of MESSAGES) {
      expect(await checkXml(text)).toEqual({ text });
    }
  });

  it('gives one well-formed element, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(foreign, async (text) => {
        const check = await kept(text);
        fc.pre(check !== undefined);
        const { root, damage } = readXml(`<outer><inner>${check.text}</inner><last/></outer>`);
        expect(damage).toBeUndefined();
        expect(root.children.map(({ name }) => name)).toEqual(['inner', 'last']);
        expect(root.children[0]?.children).toHaveLength(1);
        expect(check.text).toMatch(/^<[^!?].*>$/s);
        expect(await checkXml(check.text)).toEqual({ text: check.text });
      }),
      settings(3000),
    );
  });

  it('keeps what is well-formed as it stands, without what is around it', async () => {
    const around = fc.array(fc.constantFrom(' ', '\r\n', '<!-- <a/> -->', '<?p <a/>?>'), { maxLength: 4 });
    const begin = fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>');
    const messages = fc.constantFrom(...MESSAGES);
    await fc.assert(
      fc.asyncProperty(begin, around, messages, around, async (declaration, before, text, after) => {
        const whole = `${declaration}${before.join('')}${text}${after.join('')}`;
        expect(await checkXml(whole)).toEqual({ text });
      }),
      settings(500),
    );
  });

  // Effort that grows with the square would run into the runner's own limit at this size.
  it.each([
    ['broken tags', (n: number) => `<a>${'<b c/>'.repeat(n)}</a>`],
    ['tags broken by what never ends', (n: number) => `<a>${'<b c="&'.repeat(n)}`],
    ['tags broken by quotes', (n: number) => `<a>${'<b "'.repeat(n)}`],
    ['attributes', (n: number) => `<a${' b="1"'.repeat(n)} c/>`],
    ['elements', (n: number) => `<a>${'<b/>'.repeat(n)}</a>`],
    ['opening tags', (n: number) => '<a>'.repeat(n)],
    ['forbidden references', (n: number) => `<a b="${'&#1;'.repeat(n)}"/>`],
    ['roots', (n: number) => '<a/>'.repeat(n)],
  ])('comes to an end with very many %s', async (_what, make) => {
    await checkXml(make(200_000));
  });
});
