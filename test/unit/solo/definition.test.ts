import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { monitorsOf, oneShot } from '../../../src/solo/definition.ts';
import { countOf, INFINITE, reactionTo, verdict } from '../../../src/solo/policy.ts';
import { readDefinition } from '../../../src/solo/read-definition.ts';
import { timeMs } from '../../../src/solo/times.ts';
import { STATUS } from '../../../src/standards/result.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../examples');
const read = (xml: string) => readDefinition(xml, 'x.xml');
const primitive = (inside: string): string =>
  `<primitive id="web" class="ocf" provider="heartbeat" type="apache">${inside}</primitive>`;
const op = (attributes: string, inside = ''): string =>
  primitive(`<operations><op id="o" name="monitor" interval="10s" ${attributes}>${inside}</op></operations>`);

describe('a definition', () => {
  // As it stands in Pacemaker's own documentation and in talks about bundles.
  it('may be a bundle as people have it', () => {
    const bundle = `<?xml version="1.0"?>
<bundle id="httpd-bundle">
  <docker image="pcmk:http" replicas="3"/>
  <network ip-range-start="192.168.122.131" host-netmask="24" host-interface="eth0">
    <port-mapping id="httpd-port" port="80"/>
  </network>
  <storage>
    <storage-mapping id="httpd-syslog" source-dir="/dev/log" target-dir="/dev/log" options="rw"/>
    <storage-mapping id="httpd-root" source-dir="/srv/html" target-dir="/var/www/html" options="rw,Z"/>
  </storage>
  <primitive class="ocf" id="httpd" provider="heartbeat" type="apache"/>
</bundle>`;
    expect(read(bundle)).toEqual({
      id: 'httpd',
      class: 'ocf',
      provider: 'heartbeat',
      type: 'apache',
      parameters: new Map(),
      migrationThreshold: 0,
      failureTimeoutMs: 0,
      startFailureIsFatal: true,
      isToRun: true,
      isManaged: true,
      operations: [],
      notes: [],
    });
  });

  it.each(readdirSync(EXAMPLES).filter((name) => ['apache', 'nfs', 'process'].includes(name)))(
    'is in the example %s',
    (name) => {
      const { operations } = readDefinition(readFileSync(join(EXAMPLES, name, 'bundle.xml'), 'utf8'), name);
      expect(operations.length).toBeGreaterThan(0);
    },
  );

  it('has parameters, meta attributes, operations with check levels, and defaults of a whole configuration', () => {
    const definition = read(`<cib><configuration>
      <crm_config><cluster_property_set id="p"><nvpair id="n" name="start-failure-is-fatal" value="false"/></cluster_property_set></crm_config>
      <op_defaults><meta_attributes id="d"><nvpair id="n" name="timeout" value="33s"/></meta_attributes></op_defaults>
      <resources>${primitive(`
        <meta_attributes id="m"><nvpair id="a" name="migration-threshold" value="3"/><nvpair id="b" name="failure-timeout" value="PT2M"/></meta_attributes>
        <instance_attributes id="i"><nvpair id="c" name="configfile" value="/etc/x &amp; y"/></instance_attributes>
        <operations>
          <op id="1" name="start" interval="0" timeout="40"/>
          <op id="2" name="monitor" interval="10s" start-delay="1min" on-fail="block"/>
          <op id="3" name="monitor" interval="60s" timeout="5s"><instance_attributes id="4"><nvpair id="5" name="OCF_CHECK_LEVEL" value="10"/></instance_attributes></op>
          <op id="6" name="monitor" interval="5s" enabled="false"/>
        </operations>`)}</resources></configuration></cib>`);
    expect(definition).toMatchObject({
      parameters: new Map([['configfile', '/etc/x & y']]),
      migrationThreshold: 3,
      failureTimeoutMs: 120_000,
      startFailureIsFatal: false,
    });
    expect(oneShot(definition, 'start').timeoutMs).toBe(40_000);
    expect(oneShot(definition, 'stop').timeoutMs).toBe(20_000);
    expect(
      monitorsOf(definition).map((one) => [
        one.intervalMs,
        one.timeoutMs,
        one.startDelayMs,
        one.onFail,
        ...one.parameters,
      ]),
    ).toEqual([
      [10_000, 33_000, 60_000, 'block'],
      [60_000, 5000, 0, undefined, ['OCF_CHECK_LEVEL', '10']],
    ]);
  });

  it.each([
    ['<primitive', /Expected XML in x.xml, got .* line 1/],
    ['<bundle id="b"/>', /Expected one <primitive>.*without any/],
    [`<r>${primitive('')}${primitive('')}</r>`, /got 2 of them/],
    [`<clone id="c">${primitive('')}</clone>`, /got <clone>/],
    ['<primitive id="a" class="ocf" type="x"/>', /an attribute provider/],
    ['<primitive class="lsb" type="x"/>', /an attribute id/],
    ['<primitive id="a" template="t"/>', /write them out/],
    [op('timeout="soon"'), /timeout to be a time such as .*got "soon"/],
    [op('on-fail="panic"'), /on-fail to be one of ignore, .*got "panic"/],
    [op('enabled="perhaps"'), /enabled to be true or false/],
    [
      primitive(
        '<meta_attributes id="m"><nvpair id="n" name="migration-threshold" value="many"/></meta_attributes>',
      ),
      /a number or INFINITY/,
    ],
    [
      primitive(
        '<operations><op id="1" name="monitor" interval="10"/><op id="2" name="monitor" interval="10s"/></operations>',
      ),
      /monitor with interval 10 s twice/,
    ],
  ])('that is wrong is refused in one line: %s', (xml, message) => {
    expect(() => read(xml)).toThrow(message);
  });

  it.each([
    [op('role="Stopped"'), /role Stopped is left out/],
    [op('colour="red"'), /colour has no effect/],
    [
      primitive('<meta_attributes id="m"><nvpair id="n" name="critical" value="x"/></meta_attributes>'),
      /critical has no effect/,
    ],
    [
      primitive(
        '<instance_attributes id="i"><rule id="r" score="1"/><nvpair id="n" name="a" value="b"/></instance_attributes>',
      ),
      /the rule in line 1/,
    ],
  ])('says what has no effect: %s', (xml, note) => {
    expect(read(xml).notes).toEqual([expect.stringMatching(note)]);
  });
});

describe('times', () => {
  it.each([
    ['20', 20_000],
    ['20s', 20_000],
    ['1500ms', 1500],
    ['2min', 120_000],
    ['PT1H2M3S', 3_723_000],
    ['P1DT1S', 86_401_000],
    ['soon', undefined],
    ['-5', undefined],
    ['P', undefined],
    ['', undefined],
  ])('%j is %j ms', (text, ms) => {
    expect(timeMs(text)).toBe(ms);
  });
});

describe('what is done about a failure', () => {
  const done = (rc: number) => ({ rc, status: STATUS.done });
  const once = { name: 'monitor', intervalMs: 0 };
  const recurring = { name: 'monitor', intervalMs: 1000 };

  it.each([
    [once, done(0), 'up'],
    [once, done(7), 'down'],
    [recurring, done(7), 'failed'],
    [recurring, done(190), 'up'],
    [recurring, done(8), 'up'],
    [once, done(9), 'failed'],
    [{ name: 'start', intervalMs: 0 }, done(7), 'failed'],
    [{ name: 'stop', intervalMs: 0 }, done(0), 'down'],
    [{ name: 'stop', intervalMs: 0 }, done(7), 'failed'],
    [recurring, { rc: 0, status: STATUS.timedOut }, 'failed'],
  ])('%j with %j is %s', (operation, result, expected) => {
    expect(verdict(operation, result)).toBe(expected);
  });

  const definition = (threshold: number, fatal = false) => ({
    ...read(primitive('')),
    migrationThreshold: threshold,
    startFailureIsFatal: fatal,
  });
  const failing = (name: string, onFail?: string) => ({
    ...oneShot(definition(0), name),
    ...(onFail === undefined ? {} : { onFail: onFail as never }),
  });

  it.each([
    ['start', 1, false, 1],
    ['start', 1, true, INFINITE],
    ['monitor', 1, true, 1],
    ['monitor', 5, false, INFINITE],
    ['start', 6, false, INFINITE],
  ])('%s with %d (start-failure-is-fatal=%s) counts %d', (name, rc, fatal, expected) => {
    expect(countOf(definition(0, fatal), failing(name), done(rc))).toBe(expected);
  });

  it.each([
    ['monitor', undefined, 3, 2, 'restart'],
    ['monitor', undefined, 3, 3, 'give-up'],
    ['monitor', undefined, 0, 99, 'restart'],
    ['monitor', undefined, 0, INFINITE, 'give-up'],
    ['stop', undefined, 0, 1, 'give-up'],
    ['stop', 'block', 0, 1, 'block'],
    ['monitor', 'ignore', 1, 5, undefined],
    ['monitor', 'stop', 0, 1, 'halt'],
    ['monitor', 'fence', 0, 1, 'give-up'],
    ['monitor', 'restart-container', 0, 1, 'give-up'],
  ])('%s, on-fail=%s, threshold %d, count %d: %s', (name, onFail, threshold, count, expected) => {
    expect(reactionTo(definition(threshold), failing(name, onFail), count)).toBe(expected);
  });
});
