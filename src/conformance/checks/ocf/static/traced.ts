import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../../../check.ts';
import { advertises } from '../../../declared.ts';
import type { RunOptions } from '../../../run.ts';
import { type AgentText, readAgentText } from '../../../source/agent-text.ts';
import { isComposed, isOwnParameter, isUsed, readsOf } from '../../../source/mentions.ts';
import { readTrace, tracedReads, tracingScript } from '../../../source/trace.ts';
import type { Trial } from '../../../trial.ts';
import { describeEnd } from '../../../words.ts';
import { failEach, metadataOf, skipUnlessReadable } from '../metadata/read.ts';
import { findInPath } from '../programs.ts';

/** What agents do as they run. */
export const TRACE_CHECKS: readonly Check[] = [
  {
    id: 'STAT-01',
    class: 'ocf',
    level: 'should',
    title: 'every parameter that is read at work is declared, however its name comes about',
    why: 'Scripts that put the names of their variables together hide from every search of the text which parameters they have.',
    source: 'OCF 1.1, parameters; heartbeat:iSCSITarget and AoEtarget put such names together',
    remedy: 'Declare the parameter, or take it out.',
    needs: ['environment', 'processes'],
    skip: skipUnlessReadable,
    run: traceReads,
  },
];

async function traceReads(trial: Trial): Promise<void> {
  const { subject } = trial;
  const text = await readAgentText(subject.path);
  if (text?.language !== 'shell') {
    trial.skip('It is no shell script');
  }
  const bash = await findInPath('bash');
  if (bash === undefined) {
    trial.skip('bash is not installed, which tells what a script does');
  }
  const { reads, isWhole } = await readsAtWork(trial, bash);
  const { parameters } = metadataOf(trial);
  const declared = new Set(parameters.map(({ name }) => name));
  // What the text names is the matter of META-14.
  const named = new Set(readsOf(text).map(({ name }) => name));
  failEach(
    trial,
    [...reads]
      .filter((name) => isOwnParameter(name) && !declared.has(name) && !named.has(name))
      .filter((name) => !isUsed(text, name))
      .map((name) => ({ expected: `${name} to be declared, since it is read`, seen: 'no such parameter' })),
  );
  const unread = parameters.map(({ name }) => name).filter((name) => !reads.has(name));
  tellUnread(trial, { text, unread, isWhole });
}

/** Parameters that the agent's own commands read from validate-all to stop. */
async function readsAtWork(
  trial: Trial,
  bash: string,
): Promise<{ readonly reads: ReadonlySet<string>; readonly isWhole: boolean }> {
  const { subject, place } = trial;
  const files = { script: join(place.scratch, 'trace.sh'), trace: join(place.scratch, 'trace') };
  await writeFile(files.script, tracingScript(files.trace));
  await writeFile(files.trace, '');
  const options: RunOptions = { interpreter: bash, env: { BASH_ENV: files.script } };
  if (advertises(subject, 'validate-all')) {
    await trial.run('validate-all', options);
  }
  await trial.run('monitor', { ...options, intervalMs: 0 });
  const start = await trial.run('start', options);
  if (start.rc !== 0) {
    trial.note(`start gives ${describeEnd(start)}, so that less of it is seen`);
  }
  await trial.run('monitor', options);
  await trial.run('stop', options);
  const commands = readTrace(await readFile(files.trace, 'utf8'));
  if (commands.length === 0) {
    trial.skip('bash did not tell what it does');
  }
  return { reads: tracedReads(commands, subject.path), isWhole: start.rc === 0 };
}

interface Unread {
  readonly text: AgentText;
  readonly unread: readonly string[];
  /** Whether it did all that it was asked. */
  readonly isWhole: boolean;
}

/** What is not even named is never read; what is named may be read with other parameters. */
function tellUnread(trial: Trial, { text, unread, isWhole }: Unread): void {
  const deprecated = new Set(
    metadataOf(trial)
      .parameters.filter((each) => each.isDeprecated)
      .map(({ name }) => name),
  );
  const hidden = unread.filter((name) => !isUsed(text, name) && !deprecated.has(name));
  if (isWhole && isComposed(text)) {
    failEach(
      trial,
      hidden.map((name) => ({
        expected: `${name} to be read, since it is declared`,
        seen: 'no name of it in the script, and nothing that read it from start to stop',
      })),
    );
  }
  const others = unread.filter((name) => !hidden.includes(name));
  if (others.length > 0) {
    trial.note(`Not read with these parameters: ${others.join(', ')}`);
  }
}
