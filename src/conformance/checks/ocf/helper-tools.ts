import { readFile, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Check } from '../../check.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Subject } from '../../subject.ts';
import type { Trial } from '../../trial.ts';
import { OK, UP } from './expectations.ts';
import { findInPath } from './programs.ts';

/**
 * Tools that agents call and that small images lack. Without those that every system has, such as grep and sed: nobody expects an agent to
 * look for them.
 */
const TOOLS = [
  ...[
    'awk',
    'gawk',
    'perl',
    'python3',
    'curl',
    'wget',
    'nc',
    'socat',
    'ss',
    'netstat',
    'ip',
    'ifconfig',
    'route',
  ],
  ...[
    'arping',
    'ping',
    'iptables',
    'pgrep',
    'pkill',
    'pidof',
    'ps',
    'fuser',
    'lsof',
    'xmllint',
    'jq',
    'openssl',
  ],
  ...['rpcinfo', 'exportfs', 'mount', 'umount', 'blkid', 'losetup', 'systemctl', 'runuser', 'logger'],
];
/** More are not tried: each costs a start and a stop. */
const TRIED_LIMIT = 6;
/** Where words are prose. */
const COMMENTS = /^\s*#.*$/gm;
const METADATA = /<resource-agent[\s\S]*<\/resource-agent>/;
/** Many tools in one file: it can't be hidden for one of them. */
const MANY_IN_ONE = /^(busybox|coreutils|toybox)/;

/** Tools that the agent itself needs. */
export const HELPER_CHECKS: readonly Check[] = [
  {
    id: 'INST-05',
    class: 'ocf',
    level: 'should',
    title: 'where a tool is missing that the agent calls start works without it, or gives 5 and names it',
    why: 'Images have fewer tools from year to year. "not found" in the middle of a script leads to any code at all, and to a service half started.',
    source: 'OCF 1.1, code 5; check_binary of the shell library',
    remedy:
      'Look for every tool before start does anything, and give 5 with a reason that names the missing one.',
    needs: ['private', 'processes'],
    skip: ({ interpreter }) =>
      interpreter === undefined ? 'The agent is no script that can be read' : undefined,
    async run(trial) {
      const tools = await calledTools(trial.subject);
      if (tools.length === 0) {
        trial.skip('It calls none of the tools that are looked for');
      }
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      for (const { name, path } of tools) {
        await trial.place.hide([path]);
        await startWithout(trial, name);
        await trial.place.restore();
        await watch.clear();
      }
      trial.note(`Tried without ${tools.map(({ name }) => name).join(', ')}`);
    },
  },
];

async function startWithout(trial: Trial, name: string): Promise<void> {
  const when = `without ${name}`;
  const start = await trial.run('start');
  if (start.rc === 0) {
    await trial.expect('monitor', { rc: [...UP, 5], when: `after a start that gave 0 ${when}` });
    return;
  }
  if (trial.judge(start, { rc: [...OK, 5], when }) && !(start.exitReason ?? '').includes(name)) {
    trial.fail({ expected: `a reason that names ${name}`, seen: start.exitReason ?? 'no reason' }, start);
  }
}

interface Tool {
  readonly name: string;
  /** Links followed. */
  readonly path: string;
}

/** Tools whose names stand in the agent's text as words of their own, and that are here. */
async function calledTools({ path, interpreter = '' }: Subject): Promise<readonly Tool[]> {
  const text = (await readFile(path, 'utf8')).replaceAll(COMMENTS, '').replace(METADATA, '');
  const words = new Set(text.match(/[\w.-]+/g));
  const own = await realpath(interpreter.split(' ')[0] ?? '').catch(() => undefined);
  const found: Tool[] = [];
  for (const name of TOOLS.filter((tool) => words.has(tool))) {
    const file = await findInPath(name);
    if (file !== undefined && file !== own && !MANY_IN_ONE.test(basename(file))) {
      found.push({ name, path: file });
    }
  }
  return found.slice(0, TRIED_LIMIT);
}
