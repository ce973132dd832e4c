import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { schemaFaults } from '../../../helpers/json-schema.ts';
import { eventsOf, REPORT } from './events.ts';
import { shown } from './kit.ts';

const PAGE = new URL('../../../../docs/conformance/report.schema.json', import.meta.url);
const SCHEMA = JSON.parse(readFileSync(PAGE, 'utf8'));

describe('JSON', () => {
  it('is the whole report, and valid by its schema', () => {
    const report = JSON.parse(shown('json'));
    expect(report).toEqual(JSON.parse(JSON.stringify(REPORT)));
    expect(schemaFaults(SCHEMA, report)).toEqual([]);
  });

  it.each([
    ['$.schemaVersion', { schemaVersion: 2 }],
    ['$.agent.class', { agent: { ...REPORT.agent, class: 'stonith' } }],
    ['$.agent.parameters.n', { agent: { ...REPORT.agent, parameters: { n: 1 } } }],
    ['$.startedAt', { startedAt: 'yesterday' }],
    ['$.checks[0].verdict', { checks: [{ ...REPORT.checks[0], verdict: 'fine' }] }],
    [
      '$.checks[0].runs[0].end',
      {
        checks: [{ ...REPORT.checks[0], runs: [{ ...REPORT.checks[0]?.runs[0], end: { kind: 'exited' } }] }],
      },
    ],
    ['$.costs[0].median', { costs: [{ action: 'start', count: 1, p95: 1, max: 1 }] }],
    ['$.summary', { summary: [] }],
  ])('has a schema that sees what is wrong at %s', (at, wrong) => {
    expect(schemaFaults(SCHEMA, { ...REPORT, ...wrong }).map((fault) => fault.split(':')[0])).toContain(at);
  });

  it('has a schema that knows everything of a report', () => {
    const known = JSON.stringify(SCHEMA);
    const names = (value: unknown): string[] =>
      typeof value !== 'object' || value === null
        ? []
        : Object.entries(value).flatMap(([name, inner]) =>
            name === 'parameters' ? [name] : [...(Array.isArray(value) ? [] : [name]), ...names(inner)],
          );
    expect([...new Set(names(REPORT))].filter((name) => !known.includes(`"${name}"`))).toEqual([]);
  });
});

describe('NDJSON', () => {
  it('is every event as a line', () => {
    const lines = shown('ndjson').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(eventsOf())));
  });
});
