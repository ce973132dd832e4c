import { readXml } from '../../protocol/xml-read.ts';
import { childOf } from '../../protocol/xml-tree.ts';
import type { Metadata } from '../subject.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  '': 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

const duration = (text: string | undefined): number | undefined => {
  const [, digits, unit = ''] = /^\s*(\d+)\s*([a-z]*)\s*$/.exec(text ?? '') ?? [];
  const factor = UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
};
const isTrue = (text: string | undefined): boolean => ['1', 'true', 'yes', 'on'].includes(text ?? '');

/** Stands in until the strict reader is there. */
export function readMetadata(text: string): { readonly metadata?: Metadata } {
  try {
    const { root } = readXml(text.replace(/<!DOCTYPE[^>]*>/, ''));
    return {
      metadata: {
        name: root.attributes['name'] ?? '',
        apiVersion: /<version>([^<]*)</.exec(text)?.[1]?.trim() ?? '',
        ...(root.attributes['version'] === undefined ? {} : { agentVersion: root.attributes['version'] }),
        parameters: (childOf(root, 'parameters')?.children ?? []).map((parameter) => {
          const content = childOf(parameter, 'content');
          const { attributes } = parameter;
          return {
            name: attributes['name'] ?? '',
            type: content?.attributes['type'] ?? 'string',
            isRequired: isTrue(attributes['required']),
            isUnique: isTrue(attributes['unique']),
            ...(attributes['unique-group'] === undefined ? {} : { uniqueGroup: attributes['unique-group'] }),
            isReloadable: isTrue(attributes['reloadable']),
            isPrivate: isTrue(attributes['private']),
            isDeprecated: childOf(parameter, 'deprecated') !== undefined,
            replacedWith: [],
            ...(content?.attributes['default'] === undefined
              ? {}
              : { defaultValue: content.attributes['default'] }),
            options: (content?.children ?? []).map((option) => option.attributes['value'] ?? ''),
          };
        }),
        actions: (childOf(root, 'actions')?.children ?? []).map(({ attributes }) => {
          const timeoutMs = duration(attributes['timeout']);
          const intervalMs = duration(attributes['interval']);
          return {
            name: attributes['name'] ?? '',
            ...(timeoutMs === undefined ? {} : { timeoutMs }),
            ...(intervalMs === undefined ? {} : { intervalMs }),
            ...(attributes['depth'] === undefined ? {} : { depth: attributes['depth'] }),
            ...(attributes['role'] === undefined ? {} : { role: attributes['role'] }),
          };
        }),
      },
    };
  } catch {
    return {};
  }
}
