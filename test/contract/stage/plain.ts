import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContractFailure } from '../engine/failure.ts';
import { firstChild, startChild } from './child.ts';
import { CHECKOUT, FIXTURES, type Place, type PlaceOptions } from './place.ts';

const STAGE = join(import.meta.dirname, 'stage.sh');
const STARTED = /^daemon started$/m;
const ENDED = /^daemon ended$/m;
const READY_MS = 20_000;

/** A private process and mount namespace, as a container has them. */
export async function startPlain({ command, env, scratch }: PlaceOptions): Promise<Place> {
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
  const child = startChild([...namespaces, 'sh', STAGE, scratch, FIXTURES, command], { env, cwd: CHECKOUT });
  const initPid = await firstChild(child);
  const deadline = performance.now() + READY_MS;
  while (!STARTED.test(child.output())) {
    if (child.isOver() || performance.now() > deadline) {
      await child.kill();
      throw new ContractFailure(`Expected a furnished stage, got ${child.output()}`);
    }
    await sleep(5);
  }
  return {
    initPid,
    roots: [initPid],
    output: child.output,
    isOver: () => child.isOver() || ENDED.test(child.output()),
    end: child.kill,
  };
}
