// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Apache look so
// Whatever is written in a configuration: it is read, and in time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Facts } from '../../agents/apache/config/facts.ts';
import { readCommandLine, splitOptions } from '../../agents/apache/config/options.ts';
import { ConfigurationReader } from '../../agents/apache/config/reader.ts';
import { Tree } from '../helpers/apache.ts';
import { settings } from './settings.ts';

const BINARY = { serverRoot: '/', version: '2.4.62', modules: new Set(['core.c']) };

const WORDS = [
  ...[
    'Listen',
    'PidFile',
    'ServerRoot',
    'Include',
    'IncludeOptional',
    'Define',
    'UnDefine',
    'LoadModule',
    'SSLEngine',
  ],
  ...[
    '<VirtualHost',
    '<Location',
    '<IfDefine',
    '<IfModule',
    '<IfFile',
    '<IfVersion',
    '<Macro',
    '</VirtualHost>',
    '</IfDefine>',
  ],
  ...[
    'SetHandler',
    'server-status',
    'Mutex',
    'ErrorLog',
    'file:',
    'shmcb:',
    '443',
    '[::1]:80',
    '*:80',
    ':',
    '[',
    '!',
    '>',
    '>=',
    '<',
  ],
  ...[
    '"',
    "'",
    '\\',
    '\\\n',
    '\n',
    '\r\n',
    '#',
    '${A}',
    '${',
    '}',
    '@',
    '@/x',
    '@/*',
    '@/*/*.conf',
    '*',
    'd/..',
    ' ',
    '\t',
    '\0',
    'ü',
  ],
];

it('reads any configuration', async () => {
  using tree = new Tree();
  mkdirSync(join(tree.path, 'd'));
  const text = fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: 'binary' })),
  );
  await fc.assert(
    fc.asyncProperty(text, text, async (main, other) => {
      const fill = (words: readonly string[]): string => words.join(' ').replaceAll('@', `"${tree.path}"`);
      writeFileSync(join(tree.path, 'x'), fill(other));
      writeFileSync(join(tree.path, 'd/y.conf'), fill(main));
      const facts = new Facts();
      const reader = new ConfigurationReader({
        env: { A: '${A}' },
        defines: [],
        serverRoot: tree.path,
        binary: async () => BINARY,
        onDirective: (directive) => facts.add(directive),
      });
      await reader.readText(fill(main), 'main');
      for (const { port, protocol } of facts.listens(true)) {
        expect(port).toBeLessThanOrEqual(65_535);
        expect(protocol).toMatch(/^https?$/);
      }
      expect(facts.runDirectories('/root', {}).every(({ path }) => path.startsWith('/'))).toBe(true);
      expect(reader.problems.every((problem) => !problem.includes('undefined'))).toBe(true);
    }),
    settings(300),
  );
});

it('reads any options', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('-D', '-DX', '-c', '-C', '-d', '-f', '-', '--', "'", '"', '\\', 'x', ' ')),
      (words) => {
        const { defines, before, after } = readCommandLine(splitOptions(words.join(' ')));
        expect([...defines, ...before, ...after].every((value) => typeof value === 'string')).toBe(true);
      },
    ),
    settings(300),
  );
});
