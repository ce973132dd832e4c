import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PAGES } from '../../../scripts/docs.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');

describe('generated pages', () => {
  it.each(Object.entries(PAGES))('%s is what the code says (npm run docs)', (path, text) => {
    expect(readFileSync(join(CHECKOUT, 'docs', path), 'utf8')).toBe(text);
  });
});

describe('rooms', () => {
  const rooms = readdirSync(join(CHECKOUT, 'src'));

  it.each(rooms)('src/%s has a README that says what it may import', (room) => {
    expect(readFileSync(join(CHECKOUT, 'src', room, 'README.md'), 'utf8')).toMatch(/may import/i);
  });

  it.each(rooms)('docs/architecture.md tells of %s', (room) => {
    expect(readFileSync(join(CHECKOUT, 'docs/architecture.md'), 'utf8')).toContain(`\`${room}\``);
  });
});

describe('agents', () => {
  it('have a README that tells of every folder', () => {
    const text = readFileSync(join(CHECKOUT, 'agents/README.md'), 'utf8');
    const shared = ['dummy', 'kit', 'stateful', 'trouble'];
    expect(shared.filter((folder) => !text.includes(`\`${folder}/\``))).toEqual([]);
    expect(readdirSync(join(CHECKOUT, 'agents'))).toEqual(expect.arrayContaining(shared));
  });
});

describe('links in the docs', () => {
  const pages = [
    'README.md',
    ...readdirSync(join(CHECKOUT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it.each(pages)('of %s lead somewhere', (page) => {
    const text = readFileSync(join(CHECKOUT, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    const missing = targets.filter((target) => {
      try {
        return readFileSync(resolve(CHECKOUT, page, '..', target)).length === 0;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'EISDIR';
      }
    });
    expect(missing).toEqual([]);
  });
});
