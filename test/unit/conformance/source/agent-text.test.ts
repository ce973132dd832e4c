import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readAgentText } from '../../../../src/conformance/source/agent-text.ts';

/** Files of a folder that goes with the test. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'agent-text-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

it.each([
  ['#!/bin/sh', 'shell'],
  ['#!/usr/bin/env bash', 'shell'],
  ['#! /bin/dash -e', 'shell'],
  ['#!/usr/bin/python3 -tt', 'python'],
  ['#!/usr/bin/perl', undefined],
  ['\u007fELF', undefined],
  ['', undefined],
])('a first line %j says %s', async (line, language) => {
  const folder = await folderOf({ agent: `${line}\n` });
  expect((await readAgentText(join(folder, 'agent')))?.language).toBe(language);
});

it('finds what is sourced beside the agent, among the functions of its root and by a whole path, once', async () => {
  const folder = await folderOf({
    'resource.d/test/beside': 'beside',
    'lib/heartbeat/common.sh': 'common',
    'lib/heartbeat/ocf-shellfuncs': 'not this one',
    config: 'config',
  });
  const agent = join(folder, 'resource.d/test/agent');
  await writeFile(
    agent,
    `#!/bin/sh
. \${OCF_FUNCTIONS_DIR}/ocf-shellfuncs
. "\${0%/*}/beside"
	source \${OCF_FUNCTIONS_DIR}/common.sh; . \${OCF_FUNCTIONS_DIR}/common.sh
. ${join(folder, 'config')}
. /nowhere/at/all
`,
  );
  expect((await readAgentText(agent))?.sourced).toEqual(['beside', 'common', 'config']);
});
