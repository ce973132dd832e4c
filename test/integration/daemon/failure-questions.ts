import type { RemoteClient } from '../../../src/client/index.ts';
import { type Answer, answerOf, QUESTIONS, type Question } from './failure-rows.ts';

async function ask(client: RemoteClient, { row, action }: Question): Promise<Answer> {
  const { class: standard, provider, type, timeoutMs = 20_000 } = row;
  const rsc = { id: 'asked', class: standard, type, ...(provider === undefined ? {} : { provider }) };
  await client.registerResource(rsc);
  const operation = await client.exec({ rscId: rsc.id, action, timeoutMs });
  const result = answerOf(await operation.result);
  await client.unregisterResource(rsc.id);
  return result;
}

/** The answers to all questions, in their order. */
export async function askAll(client: RemoteClient): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of QUESTIONS) {
    answers.push(await ask(client, question));
  }
  return answers;
}
