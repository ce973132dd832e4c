import { describe, expect, it } from 'vitest';
import type { AgentText } from '../../../../src/conformance/source/agent-text.ts';
import { isComposed, isHandedOn, isUsed, readsOf } from '../../../../src/conformance/source/mentions.ts';

const shell = (own: string, ...sourced: readonly string[]): AgentText => ({
  language: 'shell',
  own,
  sourced,
});
const python = (own: string): AgentText => ({ language: 'python', own, sourced: [] });

describe('parameters that a script reads', () => {
  it.each([
    ['a value', 'a\nx="$OCF_RESKEY_file"\n', [{ name: 'file', line: 2 }]],
    ['a value in braces, twice', `\${OCF_RESKEY_a:-1} \${OCF_RESKEY_a}`, [{ name: 'a', line: 1 }]],
    ['a default that nothing reads', `: \${OCF_RESKEY_a=\${OCF_RESKEY_a_default}}`, []],
    ['a text for people', 'echo "OCF_RESKEY_name is wrong"', []],
    ['a comment', '# $OCF_RESKEY_old\n\n$OCF_RESKEY_new', [{ name: 'new', line: 3 }]],
    ['one that it sets itself', 'OCF_RESKEY_own=1\necho $OCF_RESKEY_own', []],
    ['those of the cluster', '$OCF_RESKEY_CRM_meta_interval $OCF_RESKEY_crm_feature_set', []],
    ['part of a name', `$OCF_RESKEY_disk\${i} \\$OCF_RESKEY_disk$i "\\$OCF_RESKEY_\${name}"`, []],
  ])('of %s', (_, text, reads) => {
    expect(readsOf(shell(text))).toEqual(reads);
  });

  it('in Python come from the environment or from ocf.py', () => {
    const text = 'os.environ["OCF_RESKEY_zone"]\nocf.get_parameter("route")\n';
    expect(readsOf(python(text)).map(({ name }) => name)).toEqual(['zone', 'route']);
  });
});

describe('a declared parameter', () => {
  it.each([
    ['is used by its value', shell('[ "$OCF_RESKEY_a" ]'), true],
    ['is used by a file that the agent sources', shell('. lib.sh', '$OCF_RESKEY_a'), true],
    ['is not used by a longer name', shell('$OCF_RESKEY_ab $OCF_RESKEY_a_default'), false],
    ['is not used by its default', shell(`: \${OCF_RESKEY_a=1}`), false],
    ['is used by Python as a variable', python('def start(a):\n  pass'), true],
    [
      'is not used by Python that only declares it',
      python('agent.add_parameter("a")\n<parameter name="a">'),
      false,
    ],
  ] as const)('%s', (_, text, used) => {
    expect(isUsed(text, 'a')).toBe(used);
  });
});

it('is used by a function of the library that reads it', () => {
  expect(isUsed(shell('ocf_deprecated'), 'ignore_deprecation')).toBe(true);
  expect(isUsed(shell('true'), 'ignore_deprecation')).toBe(false);
});

describe('names that are put together', () => {
  it.each([
    [`x=OCF_RESKEY_\${name}`, true],
    ['eval "x=\\$OCF_RESKEY_$name"', true],
    [`echo \${!name}`, true],
    ['env | grep ^OCF_RESKEY_', true],
    [`OCF_RESKEY_disk$i`, true],
    [`. \${OCF_FUNCTIONS_DIR}/lvm-\${mode}.sh`, true],
    [`. \${OCF_FUNCTIONS_DIR}/ocf-shellfuncs\n. $OCF_DEBUG_LIBRARY`, false],
    [`\${!DISKS[*]} \${OCF_RESKEY_a} $OCF_RESKEY_b`, false],
  ])('%s: %s', (text, composed) => {
    expect(isComposed(shell(text))).toBe(composed);
  });
});

describe('a task that is given to another program', () => {
  it.each([
    ['#!/bin/sh\nlib=/usr/lib/mine\nexec "$lib/agent" dummy "$@"\n', true],
    ['# exec "$lib/agent" "$@"\n', false],
    ['exec >/dev/null 2>&1\ncase $1 in start) run "$@" ;; esac\n', false],
    ['start() {\n  exec /usr/sbin/daemon "$@"\n}\n', false],
  ])('%s: %s', (text, isSo) => {
    expect(isHandedOn(shell(text))).toBe(isSo);
  });
});
