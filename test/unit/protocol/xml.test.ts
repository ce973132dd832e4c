import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATTRIBUTE_LIMIT, DEPTH_LIMIT, ELEMENT_LIMIT, readXml } from '../../../src/protocol/xml-read.ts';
import { element } from '../../../src/protocol/xml-tree.ts';
import { escapeAttribute, writeXml } from '../../../src/protocol/xml-write.ts';

const attributesOf = (text: string) => ({ ...readXml(text).root.attributes });

describe('reading XML', () => {
  it.each([
    ['both quotes', `<a b="1" c='2'/>`, { b: '1', c: '2' }],
    ['references', '<a b="&lt;&gt;&amp;&quot;&apos;&#10;&#x9;é&#233;"/>', { b: `<>&"'\n\té\u00e9` }],
    ['newlines as two characters, as 2.1.x writes them', '<a b="x\\ny"/>', { b: 'x\\ny' }],
    ['control characters that 3.x writes as references', '<a b="&#x1B;[1m&#x7;"/>', { b: '\\033[1m\\007' }],
    ['references to no character', '<a b="&#xFFFE;&#xD800;&#99999999;"/>', { b: '\ufffd\ufffd\ufffd' }],
    ['empty values', '<a b=""/>', { b: '' }],
    [
      'names that objects have',
      '<a __proto__="x" constructor="y"/>',
      { ['__proto__']: 'x', constructor: 'y' },
    ],
  ])('understands %s', (_what, text, expected) => {
    expect(Object.entries(attributesOf(text))).toEqual(Object.entries(expected));
  });

  it('leaves out text, comments and CDATA between elements', () => {
    const { root, damage } = readXml('<a> text <b/><!-- no --><![CDATA[<c/>]]><d/></a>');
    expect(root.children.map(({ name }) => name)).toEqual(['b', 'd']);
    expect(damage).toBeUndefined();
  });

  it.each([
    ["2.1.5's raw quote after é", '<a nl="x&amp;gé"h" lost="1"/>', { nl: 'x&gé' }],
    ['an unknown entity', '<a b="1" c="&nope;" d="2"/>', { b: '1' }],
    ['a cut', '<a b="1" c="2', { b: '1' }],
  ])('recovers from %s with what came before it', (_what, text, expected) => {
    const { root, damage } = readXml(text);
    expect({ ...root.attributes }).toEqual(expected);
    expect(damage).not.toBe('');
    expect(damage).toBeDefined();
  });

  it.each([
    ['in the root', '<a b="1" b="2" c="3"><d/></a>', '<a b="1" c="3"><d/></a>'],
    ['below', '<a><b c="1" c="2" d="3"><e/></b><f/></a>', '<a><b c="1" d="3"><e/></b><f/></a>'],
    ['with equal values', '<a b="1" b="1"><c/></a>', '<a b="1"><c/></a>'],
    ['three times', '<a b="1" b="" b="3" c="4"/>', '<a b="1" c="4"/>'],
    ['empty first', '<a b="" b="2"/>', '<a b=""/>'],
    [
      'in many elements',
      '<a b="1" b="2"><c d="3" d="4"/><c d="5" d="6"/></a>',
      '<a b="1"><c d="3"/><c d="5"/></a>',
    ],
    [
      'called like something of an object',
      '<a __proto__="1" __proto__="2" c="3"/>',
      '<a __proto__="1" c="3"/>',
    ],
  ])('takes the first of an attribute that stands twice, and loses nothing else: %s', (_what, text, kept) => {
    const { root, damage } = readXml(text);
    expect(writeXml(root)).toBe(kept);
    expect(damage).toMatch(/^duplicate attribute: /);
  });

  it('still ends at what is worse than an attribute that stands twice', () => {
    const { root, damage } = readXml('<a b="1" b="2"><c d="é"f"/><g/></a>');
    expect(writeXml(root)).toBe('<a b="1"><c d="é"/></a>');
    expect(damage).not.toMatch(/duplicate/);
  });

  it('keeps the elements that were open at an error', () => {
    const { root } = readXml('<a><b c="1"><d e="2"/><f g="é"h"/></b></a>');
    expect(writeXml(root)).toBe('<a><b c="1"><d e="2"/><f g="é"/></b></a>');
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a d="&b;"/>'],
    ['levels without end', '<a>'.repeat(DEPTH_LIMIT + 1)],
    ['attributes without end', `<a>${'<b c="" d=""/>'.repeat(ATTRIBUTE_LIMIT / 2 + 1)}</a>`],
    ['elements without end', `<a>${'<b/>'.repeat(ELEMENT_LIMIT)}</a>`],
  ])('refuses %s', (_what, text) => {
    expect(() => readXml(text)).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
  });

  it('never throws anything but its own error, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('<', '>', '/', '=', '"', "'", '&', ';', '#', 'a', ' ', '!', '-', 'é', '\0'),
        }),
        (text) => {
          try {
            readXml(text);
          } catch (error) {
            expect(error).toMatchObject({ code: 'MESSAGE_INVALID' });
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('writing XML', () => {
  it.each([
    ['<>&"', '&lt;&gt;&amp;&quot;'],
    ["'", "'"],
    ['a\nb\tc\rd', 'a&#10;b&#9;c&#13;d'],
    ['\u001b[1m\u0000\u007f', '\\033[1m\\000\\177'],
    ['\ud800x\udc00', '\ufffdx\ufffd'],
    ['\ufffe\uffff', '\ufffd\ufffd'],
    ['é😀', 'é😀'],
  ])('escapes %j', (text, expected) => {
    expect(escapeAttribute(text)).toBe(expected);
  });

  it('leaves out attributes that are not there', () => {
    expect(writeXml(element('a', { b: undefined, c: 0, d: '' }))).toBe('<a c="0" d=""/>');
  });

  it('is read back as it was, but for what XML forbids', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
    const value = fc
      .string({ unit: 'binary' })
      .map((text) => text.replaceAll(/[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd]/gu, ''));
    fc.assert(
      fc.property(fc.dictionary(name, value), (attributes) => {
        const { root, damage } = readXml(writeXml(element('a', attributes)));
        expect(damage).toBeUndefined();
        expect({ ...root.attributes }).toEqual({ ...attributes });
      }),
    );
  });
});
