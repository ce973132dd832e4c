import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settings } from '../../fuzz/settings.ts';
import { useAudit } from '../../helpers/audit.ts';
import { faultsIn } from './checker.ts';
import { prologue, schedules } from './commands.ts';
import type { History } from './history.ts';
import { Stage } from './stage.ts';
import { storyOf } from './story.ts';

useAudit();

const { BUNDLET_HISTORIES_RUNS: runs, BUNDLET_FUZZ_REPLAY: replay } = process.env;

/** How long a schedule gets: fast-check makes shorter ones too. */
const STEPS = 80;

/** When one has failed: the shortest that was found until then is told. */
const SHRINK_LIMIT_MS = 90_000;

async function play(commands: Iterable<fc.AsyncCommand<object, Stage>>): Promise<History> {
  await using stage = await Stage.open();
  const model = await prologue(stage);
  await fc.asyncModelRun(() => ({ model, real: stage }), commands);
  return await stage.finish();
}

describe('recorded histories of the daemon', () => {
  it('agree: what was asked, what ran and what was told', async () => {
    await fc.assert(
      fc.asyncProperty(schedules(STEPS, replay), async (commands) => {
        const history = await play(commands);
        const faults = faultsIn(history);
        expect(faults, storyOf(history)).toEqual([]);
      }),
      { ...settings(Number(runs ?? 16)), interruptAfterTimeLimit: SHRINK_LIMIT_MS },
    );
  });
});
