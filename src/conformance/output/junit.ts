import { escapeAttribute } from '../../protocol/xml-write.ts';
import type { CheckResult, RunEvent, RunReport } from '../result.ts';
import { detailsOf, headline, runText } from './details.ts';
import { groupOf, markOf } from './mark.ts';
import type { Reporter, View, Write } from './reporter.ts';

/**
 * JUnit XML, at the end: `testsuite` is the agent, `classname` the group. A SHOULD that failed is `skipped` with a message unless strict,
 * as JUnit knows no warnings; a check that is broken is an `error`.
 */
export class JunitReporter implements Reporter {
  readonly #write: Write;
  readonly #view: View;

  constructor(write: Write, view: View) {
    this.#write = write;
    this.#view = view;
  }

  take(event: RunEvent): void {
    if (event.type === 'ended') {
      this.#write(junitText(event.report, this.#view.strict));
    }
  }

  close(): void {
    // Nothing is held.
  }
}

function junitText(report: RunReport, strict: boolean): string {
  const { agent, checks, startedAt } = report;
  const marks = checks.map((check) => markOf(check, strict));
  const counts = {
    tests: checks.length,
    failures: marks.filter((mark) => mark === 'FAIL').length,
    errors: marks.filter((mark) => mark === 'broken').length,
    skipped: marks.filter((mark) => mark === 'skip' || mark === 'warn').length,
    time: seconds(report.ms),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open('testsuites', { name: 'bundlet conformance', ...counts }),
    // The schema that most readers hold to wants a time without a zone.
    `  ${open('testsuite', { name: agent.name, ...counts, timestamp: startedAt.replace(/(\.\d+)?Z$/, '') })}`,
    '    <properties>',
    ...properties(report).map(([name, value]) => `      ${empty('property', { name, value })}`),
    '    </properties>',
    ...checks.map((check) => testcase(check, strict)),
    '  </testsuite>',
    '</testsuites>\n',
  ].join('\n');
}

function properties({ agent, environment, bundlet }: RunReport): readonly (readonly [string, string])[] {
  return [
    ['bundlet', bundlet],
    ['class', agent.class],
    ['path', agent.path],
    ['agent version', agent.agentVersion ?? ''],
    ['API version', agent.apiVersion ?? ''],
    ...Object.entries(environment).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(agent.parameters).map(([name, value]): [string, string] => [
      `parameter ${name}`,
      value,
    ]),
  ];
}

function testcase(check: CheckResult, strict: boolean): string {
  const head = open('testcase', {
    classname: groupOf(check.id),
    name: `${check.id} ${check.title}`,
    time: seconds(check.ms),
  });
  const output = (stream: 'stdout' | 'stderr', name: string): string[] => {
    const text = check.runs
      .filter((run) => run[stream] !== '')
      .map((run) => `# run ${run.number}, ${runText(run)}\n${run[stream]}`)
      .join('\n');
    return text === '' ? [] : [element(name, {}, text)];
  };
  const children = [
    ...outcome(check, strict),
    ...output('stdout', 'system-out'),
    ...output('stderr', 'system-err'),
  ];
  return [`    ${head}`, ...children.map((child) => `      ${child}`), '    </testcase>'].join('\n');
}

function outcome(check: CheckResult, strict: boolean): readonly string[] {
  const type = check.level;
  switch (markOf(check, strict)) {
    case 'ok':
      return [];
    case 'skip':
      return [empty('skipped', { message: check.reason ?? '' })];
    case 'warn':
      return [element('skipped', { message: `A SHOULD that failed: ${headline(check)}` }, story(check))];
    case 'FAIL':
      return [element('failure', { message: headline(check), type }, story(check))];
    case 'broken':
      return [element('error', { message: headline(check), type: 'broken' }, story(check))];
  }
}

function story(check: CheckResult): string {
  return detailsOf(check)
    .map(({ name, text, isOutput }) => (isOutput ? `${name}:\n${text.trimEnd()}` : `${name}: ${text}`))
    .join('\n');
}

type Attributes = Readonly<Record<string, string | number>>;

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeAttribute(String(value))}"`)
    .join('');
}

const open = (name: string, attributes: Attributes): string => `<${name}${attributesText(attributes)}>`;
const empty = (name: string, attributes: Attributes): string => `<${name}${attributesText(attributes)}/>`;
const element = (name: string, attributes: Attributes, text: string): string =>
  `${open(name, attributes)}${contentText(text)}</${name}>`;

/** What attributes hold as references stands here as it is: white space, and quotes. */
function contentText(text: string): string {
  return escapeAttribute(text).replaceAll('&#10;', '\n').replaceAll('&#9;', '\t').replaceAll('&quot;', '"');
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
