import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../../src/conformance/metadata/read-metadata.ts';
import { metadataText, parameterText } from '../../../helpers/conformance/metadata-text.ts';

describe('what is no document of an agent', () => {
  it.each([
    ['nothing', '', 'Expected one XML document, got nothing'],
    ['blanks', ' \n', 'Expected one XML document, got nothing'],
    ['text', 'usage: fake {start|stop}\n', 'got text: "usage: fake {start|stop}"'],
    ['text in front', metadataText({ before: 'loading…\n' }), 'got text in front of one: "loading…"'],
    [
      'a blank line in front of the declaration',
      metadataText({ before: '\n<?xml version="1.0"?>' }),
      'an XML declaration must be at the start of the document in or before line 2',
    ],
    ['text behind', metadataText({ after: '\ndone\n' }), 'got text behind one: "done"'],
    ['two documents', metadataText() + metadataText({ before: '' }), 'documents may contain only one root'],
    ['an end that is missing', '<resource-agent><version>', 'unclosed tag: version in or before line 1'],
    ['crossed tags', '<resource-agent><a></resource-agent></a>', 'unexpected close tag'],
    ['a bare ampersand', metadataText({ version: 'a & b' }), 'in or before line'],
    ['an entity of nobody', metadataText({ version: '&nbsp;' }), 'undefined entity in or before line 3'],
    [
      'an entity of a document type, which is not looked into',
      metadataText({
        before: '<!DOCTYPE resource-agent [<!ENTITY x SYSTEM "/etc/passwd">]>',
        version: '&x;',
      }),
      'undefined entity',
    ],
    ['an attribute twice', metadataText({ attributes: 'name="a" name="b"' }), 'duplicate attribute: name'],
    ['another document', '<api-result/>', 'Expected the root element resource-agent, got api-result'],
    ['endless levels', '<a>'.repeat(1000), 'more than 64 levels'],
  ])('%s', (_what, text, fault) => {
    const reading = readMetadata(text);
    expect(reading.metadata).toBeUndefined();
    expect(reading.faults).toHaveLength(1);
    const [{ expected = '', seen = '' } = {}] = reading.faults;
    expect(`Expected ${expected}, got ${seen}`).toContain(fault);
  });
});

describe('what is read', () => {
  it('has everything that the document says', () => {
    const parameters = [
      parameterText(
        'name="port" required="1" unique-group="address" reloadable="1" private="1"',
        '<content type="integer" default=""/>',
      ),
      parameterText(
        'name="mode" unique="1"',
        '<content type="select" default="a"><option value="a"/><option value="b c"/></content>',
        '<deprecated><replaced-with name="style"/><replaced-with name="kind"/><desc lang="en">Old</desc></deprecated>',
      ),
    ].join('');
    const actions = '<action name="monitor" timeout="1min" interval="500ms" depth="10" role="Promoted"/>';
    const { metadata, faults } = readMetadata(metadataText({ parameters, actions, version: ' 1.1\n' }));
    const unmarked = { isUnique: false, isReloadable: false, isPrivate: false, isDeprecated: false };
    expect(faults).toEqual([]);
    expect(metadata).toEqual({
      name: 'fake',
      apiVersion: '1.1',
      agentVersion: '1.0',
      parameters: [
        {
          ...{ ...unmarked, name: 'port', type: 'integer', isRequired: true, uniqueGroup: 'address' },
          ...{ isReloadable: true, isPrivate: true, replacedWith: [], defaultValue: '', options: [] },
        },
        {
          ...{
            ...unmarked,
            name: 'mode',
            type: 'select',
            isRequired: false,
            isUnique: true,
            isDeprecated: true,
          },
          ...{ replacedWith: ['style', 'kind'], defaultValue: 'a', options: ['a', 'b c'] },
        },
      ],
      actions: [{ name: 'monitor', timeoutMs: 60_000, intervalMs: 500, depth: '10', role: 'Promoted' }],
    });
  });

  it('leaves out what is missing, and tells of a document type without looking into it', () => {
    const text = '<!DOCTYPE resource-agent SYSTEM "http://192.0.2.1/x.dtd"><resource-agent/>';
    expect(readMetadata(text)).toMatchObject({
      metadata: { name: '', apiVersion: '', parameters: [], actions: [] },
      hasDoctype: true,
      faults: [],
    });
  });

  it('has texts in CDATA and with references', () => {
    const text = metadataText({ version: '<![CDATA[1.]]>&#x31;' });
    expect(readMetadata(text).metadata?.apiVersion).toBe('1.1');
  });
});
