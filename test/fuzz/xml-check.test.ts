import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkXml } from '../../src/protocol/xml-check.ts';
import { readXml } from '../../src/protocol/xml-read.ts';
import { writeXml } from '../../src/protocol/xml-write.ts';
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

/** The tree of a text, or undefined for what is refused. */
function treeOf(text: string): string | undefined {
  try {
    return writeXml(readXml(text).root);
  } catch {
    return undefined;
  }
}

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

  it('keeps of damaged messages what the recovering reader keeps', async () => {
    await fc.assert(
      fc.asyncProperty(foreign, async (text) => {
        const check = await kept(text);
        const tree = treeOf(text.toWellFormed());
        fc.pre(check !== undefined && tree !== undefined);
        expect(treeOf(check.text)).toBe(tree);
      }),
      settings(2000),
    );
  });
});
