import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitsIn } from '../../../src/protocol/xml-size.ts';
import { element, type XmlElement } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';

const bytesOf = (root: XmlElement): number => Buffer.byteLength(writeXml(root));

it.each([
  ['nothing in it', element('a')],
  ['only what is escaped', element('a', { b: '"'.repeat(1000) })],
  ['only what takes three bytes', element('a', { b: '\uffff'.repeat(1000) })],
  ['children', element('a', {}, [element('b', { c: '1' }), element('b', {}, [element('d')])])],
  ['CDATA that must be cut', { ...element('a'), cdata: ']]>'.repeat(100) }],
])('is exact for an element with %s', (_what, root) => {
  const bytes = bytesOf(root);
  expect([bytes - 1, bytes, bytes + 1].map((limit) => fitsIn(limit, root))).toEqual([false, true, true]);
});

it('is exact for any element', () => {
  const text = fc.string({ unit: 'binary' });
  const one = (children: fc.Arbitrary<XmlElement[]>): fc.Arbitrary<XmlElement> =>
    fc
      .tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.dictionary(text, text), children)
      .map(([name, attributes, below]) => element(name, attributes, below));
  fc.assert(
    fc.property(one(fc.array(one(fc.constant([])))), (root) => {
      const bytes = bytesOf(root);
      expect(fitsIn(bytes, root)).toBe(true);
      expect(fitsIn(bytes - 1, root)).toBe(false);
    }),
  );
});
