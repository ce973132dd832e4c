import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../../src/conformance/metadata/read-metadata.ts';
import { OCF_1_1, RA_API_1_DTD, type Schema } from '../../../../src/conformance/metadata/schema.ts';
import { schemaFaults } from '../../../../src/conformance/metadata/schema-faults.ts';
import {
  DESCRIPTIONS,
  type MetadataParts,
  metadataText,
  parameterText,
} from '../../../helpers/conformance/metadata-text.ts';

function faults(parts: MetadataParts, schema: Schema = OCF_1_1): readonly string[] {
  const { root } = readMetadata(metadataText(parts));
  return root === undefined
    ? ['no document']
    : schemaFaults(root, schema).map(({ expected, seen }) => `Expected ${expected}, got ${seen}`);
}

describe('OCF 1.1', () => {
  it.each<readonly [string, MetadataParts]>([
    ['the least', {}],
    ['private, which Pacemaker honours', { parameters: parameterText('name="a" private="1"') }],
    ['names of actions that nobody knows', { actions: '<action name="dance" timeout="1"/>' }],
    ['a namespace', { attributes: 'name="a" xmlns:x="urn:x"' }],
    [
      'deprecated, in any order inside',
      {
        parameters: parameterText(
          'name="a"',
          undefined,
          '<deprecated><desc lang="en">Old</desc><replaced-with name="b"/></deprecated>',
        ),
      },
    ],
    [
      'translations',
      {
        parameters: `<parameter name="a"><longdesc lang="en"/><longdesc lang="de"/><shortdesc lang="en"/><shortdesc lang="de"/><content type="string"/></parameter>`,
      },
    ],
  ])('takes %s', (_what, parts) => {
    expect(faults(parts)).toEqual([]);
  });

  it.each<readonly [string, MetadataParts, readonly string[]]>([
    [
      'an agent without a name',
      { attributes: '' },
      ['Expected an attribute name of <resource-agent> (line 2), got none'],
    ],
    [
      'an attribute of nobody',
      { parameters: parameterText('name="a" secret="1"') },
      ['Expected no attribute secret of <parameter name="a"> (line 6), got secret="1"'],
    ],
    [
      'a flag in words',
      { parameters: parameterText('name="a" required="yes"') },
      ['Expected required of <parameter name="a"> (line 6) to be 0 or 1, got "yes"'],
    ],
    [
      'a type of nobody',
      { parameters: parameterText('name="a"', '<content type="time"/>') },
      ['Expected type of <content> (line 6) of a to be one of boolean, string, integer, select, got "time"'],
    ],
    [
      'descriptions behind the content',
      { parameters: `<parameter name="a"><content type="string"/>${DESCRIPTIONS}</parameter>` },
      [
        'Expected in <parameter name="a"> (line 6): deprecated if it is, then longdesc, then shortdesc, at least one of each, then content, got content, longdesc, shortdesc',
      ],
    ],
    [
      'no parameter',
      { parameters: '' },
      ['Expected in <parameters> (line 5): at least one parameter, and nothing else, got none'],
    ],
    [
      'an action without a timeout',
      { actions: '<action name="start"/>' },
      ['Expected an attribute timeout of <action name="start"> (line 9), got none'],
    ],
    [
      'something in an action',
      { actions: '<action name="start" timeout="1">now</action>' },
      ['Expected nothing in <action name="start"> (line 9), got "now"'],
    ],
    [
      'text between elements',
      { actions: 'these: <action name="start" timeout="1"/>' },
      ['Expected no text in <actions> (line 8) beside its elements, got "these:"'],
    ],
    [
      'elements in the version',
      { version: '<b>1.1</b>' },
      ['Expected nothing but text in <version> (line 3), got b'],
    ],
  ])('refuses %s', (_what, parts, expected) => {
    expect(faults(parts)).toEqual(expected);
  });
});

describe('the document type of OCF 1.0', () => {
  it.each<readonly [string, MetadataParts, number]>([
    ['the least', {}, 0],
    ['times as a type', { parameters: parameterText('name="a"', '<content type="time"/>') }, 0],
    ['no parameter', { parameters: '' }, 0],
    ['attributes of 1.1', { parameters: parameterText('name="a" reloadable="1" unique-group="b"') }, 2],
    ['actions of 1.1', { actions: '<action name="reload-agent" timeout="1"/>' }, 1],
  ])('%s', (_what, parts, count) => {
    expect(faults(parts, RA_API_1_DTD)).toHaveLength(count);
  });
});
