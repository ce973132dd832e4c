import { describe, expect, it } from 'vitest';
import { checkXml, SLICE_CHARACTERS, type XmlCheck } from '../../../src/protocol/xml-check.ts';
import {
  BROKEN_TAG_LIMIT,
  FOREIGN_ATTRIBUTE_LIMIT,
  FOREIGN_DEPTH_LIMIT,
} from '../../../src/protocol/xml-scan.ts';

const nested = (levels: number): string => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;

/** An element of about so many characters. */
const large = (characters: number): string => {
  const one = '<nvpair id="é" name="n" value="&#10;"/>';
  return `<cib>${one.repeat(Math.ceil(characters / one.length))}</cib>`;
};

describe('a local message to be put into another', () => {
  it.each([
    '<ack/>',
    '<ack a="1" ></ack >',
    "<a b='\"'>text &lt; &#10; &#x10FFFF; <!-- c --> more<?p q?><![CDATA[</a>]]> end </a>",
    '<p:a xmlns:p="u" p:b="c"><é/></p:a>',
    '<a\r\nb="1\r\n2"\r\n/>',
  ])('stays as it is: %s', (text) => {
    expect(checkXml(text)).toEqual({ text });
  });

  it.each([
    '<?xml version="1.0"?>',
    '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n',
    '<?xml version="1.1"?>',
    '\ufeff',
    ' \r\n\t',
    '<!-- before <a/> -->',
    '<?before <a/> ?>\n',
  ])('loses what stands before it: %j', (before) => {
    expect(checkXml(`${before}<a b="c"/>`)).toEqual({ text: '<a b="c"/>' });
  });

  it.each(['\n', '<!-- after <a/> -->', ' <?after?> '])('loses what stands after it: %j', (after) => {
    expect(checkXml(`<a b="c"></a>${after}`)).toEqual({ text: '<a b="c"></a>' });
  });

  it('shows control characters that XML forbids, and loses nothing for them', () => {
    const text = '<a b="&#x1B;[1m&#0;é"><b/>text &#27;<c/></a>';
    expect(checkXml(text)).toEqual({ text: '<a b="\\033[1m\\000é"><b/>text \\033<c/></a>' });
  });

  it.each([
    { text: '<a/></lrmd_ipc_msg><evil/>', kept: '<a/>' },
    { text: '<a><!-- --></a><evil/>', kept: '<a><!-- --></a>' },
    { text: '<a/>text', kept: '<a/>' },
    { text: '<a/><![CDATA[text]]>', kept: '<a/>' },
    { text: '<a/>&lt;', kept: '<a/>' },
    { text: '<a/><b c="1" c="2"/>', kept: '<a/>' },
    { text: '<a/></a></lrmd_ipc_msg>', kept: '<a/>' },
    { text: '<a "></a></lrmd_ipc_msg><evil b="', kept: '<a/>' },
  ])('does not break out behind its end: $text', ({ text, kept }) => {
    expect(checkXml(text)).toEqual({ text: kept, damage: expect.stringMatching(/\S/) });
  });

  it.each([
    '<a></lrmd_ipc_msg></lrmd_ipc_proxy><evil/>',
    '<a></lrmd_ipc_msg><evil/></a>',
    '<a><b/></lrmd_ipc_msg><evil/></a>',
    '<a><b x="1" y/></lrmd_ipc_msg><evil/></a>',
    '<a><b y/></a></lrmd_ipc_msg ></a>x',
    '<a><!-- -- </a></lrmd_ipc_msg> -->',
    '<a b="1"></a b="2"></lrmd_ipc_msg>',
    '<a><?xml version="1.0"?></a>',
    '<a>\u0001</a></lrmd_ipc_msg>',
    '<a>]]></a>',
    '<a><b c/>]]></a>',
    '<a/><b></lrmd_ipc_msg>',
  ])('does not break out from inside: %s', (text) => {
    const check = checkXml(text);
    const isKept = !(check instanceof Promise) && 'text' in check;
    expect(isKept ? check.text : '').not.toMatch(/lrmd_ipc_msg|\]\]>|--|xml|[^ -~]/);
  });

  it('is not hidden from the check by half of a surrogate pair', () => {
    const hidden = '<a b="\ud800"></a></lrmd_ipc_msg><evil c="d"/>';
    expect(checkXml(hidden)).toEqual({ text: '<a b="\ufffd"></a>', damage: expect.any(String) });
    expect(checkXml('<a b="\udc00"/>')).toEqual({ text: '<a b="\ufffd"/>' });
  });

  it.each([
    // What 2.1.x tools make of `é"<&`, see [protocol 2.6] and the capture in appendix C.
    { what: 'a quote behind other than ASCII', text: '<a b="é"h" c="1"/>', kept: '<a b="é"/>' },
    {
      what: 'the same inside',
      text: '<a b="1"><c d="é"x" e="<"/><f g="h"/><c/> text</a>',
      kept: '<a b="1"><c d="é"/><f g="h"/><c/> text</a>',
    },
    { what: 'a bracket', text: '<a><b z="1" c="é<" d="1"/><e/></a>', kept: '<a><b z="1"/><e/></a>' },
    { what: 'an ampersand', text: '<a z="1"><b c="é & d" e="f"/><g/></a>', kept: '<a z="1"><b/><g/></a>' },
    { what: 'a name that is never declared', text: '<a><b c="&nbsp;"/></a>', kept: '<a><b/></a>' },
    { what: 'an attribute without value', text: '<a><b c="1" d/><e/></a>', kept: '<a><b c="1"/><e/></a>' },
    { what: 'two broken tags', text: '<a><b c/><d e/><f/></a>', kept: '<a><b/><d/><f/></a>' },
    { what: 'a broken tag before a comment', text: '<a><b c/><!--d--></a>', kept: '<a><b/><!--d--></a>' },
    {
      what: 'an attribute twice',
      text: '<a b="1" c="2" b="3"\n b="4" d="5"><e/></a>',
      kept: '<a b="1" c="2" d="5"><e/></a>',
    },
    { what: 'that in a broken tag', text: '<a><b c="1" c="2" d/></a>', kept: '<a><b c="1"/></a>' },
    { what: 'no end of its tag', text: '<a b="1" b="2" c="3"', kept: '<a b="1" c="3"/>' },
  ])('is repaired: $what', ({ text, kept }) => {
    expect(checkXml(text)).toEqual({ text: kept, damage: expect.stringMatching(/\S/) });
  });

  it.each([
    { count: BROKEN_TAG_LIMIT - 1, isTaken: true },
    { count: BROKEN_TAG_LIMIT, isTaken: true },
    { count: BROKEN_TAG_LIMIT + 1, isTaken: false },
  ])('with $count broken tags is repaired: $isTaken', ({ count, isTaken }) => {
    const check = checkXml(`<a>${'<b c/>'.repeat(count)}</a>`);
    const text = `<a>${'<b/>'.repeat(count)}</a>`;
    const refused = expect.stringContaining('at most 20 broken tags');
    expect(check).toEqual(isTaken ? { text, damage: expect.any(String) } : { refused });
  });

  it.each([
    ['', /^Expected a well-formed XML element, got text with this error: document must contain a root/],
    [' \n', /must contain a root/],
    ['no element', /outside of root/],
    ['<', /root element/],
    ['<1/>', /disallowed character/],
    ['<!-- <a/> -->', /root element/],
    ['\0<a/>', /disallowed character/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /without a document type/],
    // Half of a configuration must not take the place of a whole one.
    ['<a><b x="y"><c/>', /unclosed tag/],
    ['<a><b x="y"><c/><d', /root element|unclosed tag|unexpected end/],
    ['<a><b><c/></d></b></a>', /unexpected close tag/],
    ['<a><b c="é"d"><e/></b></a>', /unexpected close tag/],
    ['<a>&nbsp;<b/></a>', /undefined entity/],
    ['<a><b/>\u0001<c/></a>', /disallowed character/],
  ])('%j is refused with the reason', (text, refused) => {
    expect(checkXml(text)).toEqual({ refused: expect.stringMatching(refused) });
  });

  it.each([
    { levels: FOREIGN_DEPTH_LIMIT - 1, isTaken: true },
    { levels: FOREIGN_DEPTH_LIMIT, isTaken: true },
    { levels: FOREIGN_DEPTH_LIMIT + 1, isTaken: false },
  ])('of $levels levels is taken: $isTaken', ({ levels, isTaken }) => {
    const text = nested(levels);
    const refused = expect.stringContaining('at most 250 levels');
    expect(checkXml(text)).toEqual(isTaken ? { text } : { refused });
  });

  it.each([
    { count: FOREIGN_ATTRIBUTE_LIMIT - 1, isTaken: true },
    { count: FOREIGN_ATTRIBUTE_LIMIT, isTaken: true },
    { count: FOREIGN_ATTRIBUTE_LIMIT + 1, isTaken: false },
  ])('with an element of $count attributes is taken: $isTaken', async ({ count, isTaken }) => {
    const attributes = Array.from({ length: count }, (_none, index) => ` a${index}="x"`).join('');
    const text = `<a><b${attributes}/></a>`;
    const refused = expect.stringContaining('at most 10000 attributes of an element');
    expect(await checkXml(text)).toEqual(isTaken ? { text } : { refused });
  });
});

describe('a large local message', () => {
  const turnsOf = async (
    check: XmlCheck | Promise<XmlCheck>,
  ): Promise<{ turns: number; result: XmlCheck }> => {
    let turns = 0;
    let turn = setImmediate(function count() {
      turns += 1;
      turn = setImmediate(count);
    });
    const result = await check;
    clearImmediate(turn);
    return { turns, result };
  };

  /** What became of it, short enough to be printed. */
  const shortOf = (check: XmlCheck, whole: string): unknown =>
    'refused' in check ? 'refused' : { isWhole: check.text === whole, isDamaged: check.damage !== undefined };

  it.each([SLICE_CHARACTERS - 1, SLICE_CHARACTERS])('of %i characters is answered at once', (characters) => {
    const text = `<a b="${'x'.repeat(characters - 9)}"/>`;
    expect(text).toHaveLength(characters);
    expect(checkXml(text)).toEqual({ text });
    expect(checkXml(text.replace('b=', 'é='))).toEqual({ text: text.replace('b=', 'é=') });
    expect(checkXml(text.replace(`x"/>`, `" c/>`))).toHaveProperty('damage');
    expect(checkXml(text.replace('/>', '>&'))).toHaveProperty('refused');
  });

  it('of one character more leaves turns of the event loop to others', async () => {
    const text = `<a b="${'x'.repeat(SLICE_CHARACTERS + 1 - 9)}"/>`;
    const check = checkXml(text);
    expect(check).toBeInstanceOf(Promise);
    expect(await check).toEqual({ text });
  });

  it('is checked in as many turns as it has slices, and stays as it is', async () => {
    const text = large(10 * SLICE_CHARACTERS);
    const { turns, result } = await turnsOf(checkXml(text));
    expect(shortOf(result, text)).toEqual({ isWhole: true, isDamaged: false });
    expect(turns).toBeGreaterThanOrEqual(9);
  });

  it('is repaired where slices meet as anywhere else', async () => {
    const text = large(2 * SLICE_CHARACTERS);
    for (let at = SLICE_CHARACTERS - 50; at < SLICE_CHARACTERS + 10; at += 1) {
      const begin = `<cib>${' '.repeat(at)}<b x="1" é="2"\r\n x="3" c"/>`;
      const check = checkXml(`${begin}${text}</cib>`);
      const kept = `<cib>${' '.repeat(at)}<b x="1" é="2"/>${text}</cib>`;
      expect(shortOf(await check, kept)).toEqual({ isWhole: true, isDamaged: true });
    }
  });

  it('is refused or repaired without an exception', async () => {
    const text = large(2 * SLICE_CHARACTERS);
    const shown = text.replace('&#10;', '\\013');
    expect(shortOf(await checkXml(`x${text}`), text)).toBe('refused');
    expect(shortOf(await checkXml(`<!DOCTYPE a>${text}`), text)).toBe('refused');
    const broken = await checkXml(`${text}</lrmd_ipc_msg><evil/>`);
    expect(shortOf(broken, text)).toEqual({ isWhole: true, isDamaged: true });
    const forbidden = await checkXml(text.replace('&#10;', '&#11;'));
    expect(shortOf(forbidden, shown)).toEqual({ isWhole: true, isDamaged: false });
  });
});
