import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parameters } from '../../../agents/nfsserver/parameters.ts';

it('docs/agents/nfsserver.md has all parameters as they are declared', () => {
  const page = readFileSync(new URL('../../../docs/agents/nfsserver.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('## Parameters\n');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const declared = Object.entries(parameters).map(([name, about]) => {
    const type = about.type === 'select' ? (about.options ?? []).join(', ') : about.type;
    const long = about.long.replace(/\s*\n/g, ' ');
    return `| \`${name}\` | ${type} | ${about.defaultText ?? ''} | ${long} |`;
  });
  expect(rows).toEqual(declared);
});
