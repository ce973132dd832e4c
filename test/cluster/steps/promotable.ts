import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { rolesOf, SMALL_BUNDLE, TOOLS_BUNDLE } from '../tool-bundles.ts';
import { until } from '../wait.ts';

const MOVE_SECONDS = 60;

export const promotion: Step = {
  name: 'tools: the promoted fails, promotion moves, both containers stay',
  needs: 'tools',
  run: (bench) => promotionMoves(bench, TOOLS_BUNDLE),
};

export const promotionWithSmallTools: Step = {
  name: 'tools: the same where an image has only our small tools',
  needs: 'tools',
  agent: 'bundlet',
  run: (bench) => promotionMoves(bench, SMALL_BUNDLE),
};

async function promotionMoves(bench: Bench, bundle: string): Promise<void> {
  const { testbed, figures, log, signal } = bench;
  const before = await rolesOf(bench, bundle, MOVE_SECONDS);
  const guests = [before.promoted, before.unpromoted];
  const identities = await Promise.all(guests.map((guest) => guest.identity()));

  const failedMs = Date.now();
  // The agent's whole state: without it the next monitor says "not running".
  await before.promoted.run('sh', '-c', 'rm /run/Stateful-*.state');
  await before.unpromoted.waitRole('Promoted', MOVE_SECONDS);
  const promoted = await log().wait(resultOf('promote', `${bundle}-app:?\\d?`), failedMs, 10);
  figures.add('promoted fails → the other is promoted', promoted.timeMs - failedMs);
  await testbed.settle();

  await testbed.on('node1', 'crm_resource', '--cleanup', '-r', `${bundle}-app`);
  const what = `${before.promoted.name} to be Unpromoted again`;
  await until({ what, seconds: MOVE_SECONDS, signal }, async () =>
    (await rolesOf(bench, bundle, MOVE_SECONDS)).unpromoted.name === before.promoted.name ? true : undefined,
  );
  const after = await Promise.all(guests.map((guest) => guest.identity()));
  expect(
    after.join() === identities.join(),
    `the same containers, ${identities.join()}, got ${after.join()}`,
  );
}
