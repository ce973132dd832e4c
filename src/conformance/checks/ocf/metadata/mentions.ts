import type { Check } from '../../../check.ts';
import { readAgentText } from '../../../source/agent-text.ts';
import { isComposed, isHandedOn, isUsed, readsOf } from '../../../source/mentions.ts';
import type { Trial } from '../../../trial.ts';
import { failEach, metadataOf, skipUnlessReadable } from './read.ts';

/** Metadata beside the program that it describes. */
export const MENTION_CHECKS: readonly Check[] = [
  {
    id: 'META-14',
    class: 'ocf',
    level: 'should',
    title: 'every parameter that the script names is declared, and every declared one is used',
    why: 'What is not declared pcs refuses, and nobody knows of it. What is declared and never read does nothing, whatever people set it to.',
    source: 'OCF 1.1, parameters; a report on resource-agents that is open since 2015 lists such ones',
    remedy: 'Declare the parameter, or take it out; look for a typing error in one of the two names first.',
    // The agent's file is read here.
    needs: ['processes'],
    skip: skipUnlessReadable,
    run: compareMentions,
  },
];

async function compareMentions(trial: Trial): Promise<void> {
  const { parameters } = metadataOf(trial);
  const text = await readAgentText(trial.subject.path);
  if (text === undefined) {
    trial.skip('It is a script of neither a shell nor Python');
  }
  if (isHandedOn(text)) {
    trial.skip('It gives its task to another program, by exec');
  }
  const declared = new Set(parameters.map(({ name }) => name));
  const undeclared = readsOf(text).filter(({ name }) => !declared.has(name));
  failEach(
    trial,
    undeclared.map(({ name, line }) => ({
      expected: `${name} to be declared, since the script reads it`,
      seen: `no such parameter, and OCF_RESKEY_${name} in line ${line}`,
    })),
  );
  const unused = parameters.filter(({ name, isDeprecated }) => !isDeprecated && !isUsed(text, name));
  if (unused.length > 0 && isComposed(text)) {
    trial.note(
      `The script puts names together, so that it does not tell whether it reads ${unused.map(({ name }) => name).join(', ')}`,
    );
    return;
  }
  failEach(
    trial,
    unused.map(({ name }) => ({
      expected: `${name} to be used, since it is declared`,
      seen: `nothing that reads OCF_RESKEY_${name}`,
    })),
  );
}
