import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { REFERENCE_BUNDLE, REFERENCE_TOOLS_IMAGE } from '../agents.ts';
import { type Bench, expect, type Step } from '../bench.ts';
import { guestsOf, rolesOf, SMALL_BUNDLE, TOOLS_BUNDLE } from '../tool-bundles.ts';
import { CHANGING, LOOKING, normalise } from '../tools-alike.ts';
import { TOOL_CASES, type ToolCase } from '../tools-cases.ts';
import { differences, mustBeAlike } from '../tools-compare.ts';
import { caseOfOurs, expectedOfOurs } from '../tools-on-purpose.ts';
import { play, type ToolOutcome } from '../tools-player.ts';

const READY_SECONDS = 120;
const AT_ONCE = 4;

/** Where images/tools.Containerfile puts Pacemaker's own, and images/small.Containerfile ours. */
const REAL_TOOLS = '/opt/real/sbin';
const SYSTEM_TOOLS = '/usr/sbin';

const RECORDED = 'test/fixtures/tools/pacemaker-2.1.5.json';

export const toolsStart: Step = {
  name: 'tools: promotable bundles, one Promoted and one Unpromoted in each',
  needs: 'cluster',
  provides: 'tools',
  async run(bench) {
    const { agent, testbed, repository, figures } = bench;
    const beganMs = performance.now();
    const load = (BUNDLE: string, ADDRESS: string, more: Record<string, string>): Promise<void> =>
      testbed.loadWith(`${repository}/test/cluster/cib/stateful-bundle.xml`, { BUNDLE, ADDRESS, ...more });
    await load(TOOLS_BUNDLE, '10.77.0.121', { IMAGE: agent.toolsImage });
    const loaded = [TOOLS_BUNDLE];
    if (agent.smallToolsImage !== undefined) {
      await load(REFERENCE_BUNDLE, '10.77.0.131', { IMAGE: REFERENCE_TOOLS_IMAGE, OPTIONS: '' });
      await load(SMALL_BUNDLE, '10.77.0.141', { IMAGE: agent.smallToolsImage });
      loaded.push(REFERENCE_BUNDLE, SMALL_BUNDLE);
    }
    for (const bundle of loaded) {
      await rolesOf(bench, bundle, READY_SECONDS);
    }
    figures.add('promotable bundles configured → one Promoted in each', performance.now() - beganMs);
    await testbed.settle();
  },
};

export const sideBySide: Step = {
  name: 'tools: unmodified, say the same in our container and in one of the C daemon, and do the same',
  needs: 'tools',
  agent: 'bundlet',
  async run(bench) {
    const found: string[] = [];
    // All that change something do it to the same resource.
    const plays = [
      { cases: LOOKING, atOnce: AT_ONCE, toolsFolder: SYSTEM_TOOLS },
      { cases: CHANGING, atOnce: 1, toolsFolder: SYSTEM_TOOLS },
    ];
    for (const [index, one] of plays.entries()) {
      const expected = await playIn(bench, { ...one, bundle: REFERENCE_BUNDLE, prefix: `c${index}` });
      const got = await playIn(bench, { ...one, bundle: TOOLS_BUNDLE, prefix: `o${index}` });
      found.push(...differences(one.cases, expected, got));
    }
    mustBeAlike(found, LOOKING.length + CHANGING.length);
  },
};

/** The recording is what our small tools are measured by, so it must be true: the C daemon's run looks after that. */
export const realTools: Step = {
  name: 'tools: what Pacemaker’s own say to every way of calling them is what was recorded',
  needs: 'tools',
  async run(bench) {
    const where = { bundle: TOOLS_BUNDLE, toolsFolder: REAL_TOOLS, prefix: 'r' };
    const { got, recorded } = await playRecorded(bench, where);
    mustBeAlike(differences(TOOL_CASES, recorded, got), TOOL_CASES.length);
  },
};

export const smallTools: Step = {
  name: 'tools: our small ones say and do what Pacemaker’s own do, option by option',
  needs: 'tools',
  agent: 'bundlet',
  async run(bench) {
    const where = { bundle: SMALL_BUNDLE, toolsFolder: SYSTEM_TOOLS, prefix: 's' };
    const { got, recorded } = await playRecorded(bench, where);
    const cases = TOOL_CASES.map(caseOfOurs);
    const expected = recorded.map((one) => expectedOfOurs(one.name, one));
    mustBeAlike(differences(cases, expected, got), cases.length);
  },
};

interface Play {
  readonly cases: readonly ToolCase[];
  readonly bundle: string;
  readonly toolsFolder: string;
  readonly prefix: string;
  readonly atOnce: number;
}

async function playIn(bench: Bench, { cases, bundle, ...where }: Play): Promise<ToolOutcome[]> {
  const [guest, other] = guestsOf(bench, bundle);
  const named = cases.map((one) => ({
    ...one,
    command: one.command.map((word) => word.replaceAll('@BUNDLE@', bundle)),
  }));
  const outcomes = await play(named, { testbed: bench.testbed, guest, other, ...where });
  return outcomes.map((outcome) => normalise(outcome, [TOOLS_BUNDLE, REFERENCE_BUNDLE]));
}

/** Plays all cases; of each, what it gave and what was recorded. */
async function playRecorded(
  bench: Bench,
  where: Omit<Play, 'cases' | 'atOnce'>,
): Promise<{ readonly got: readonly ToolOutcome[]; readonly recorded: readonly Recorded[] }> {
  const { agent, repository, testbed, figures } = bench;
  const [guest, other] = guestsOf(bench, where.bundle);
  const beganMs = performance.now();
  const got = await play(TOOL_CASES, { testbed, guest, other, atOnce: AT_ONCE, ...where });
  const took = performance.now() - beganMs;
  figures.add(`${where.bundle}: ${TOOL_CASES.length} calls, with what they need`, took);
  keep(`${repository}/build/tools-${agent.name}-${where.bundle}.json`, got);
  const all = readRecorded(`${repository}/${RECORDED}`);
  const recorded = TOOL_CASES.flatMap((one) => all.get(one.name) ?? []);
  expect(recorded.length === TOOL_CASES.length, `every case in ${RECORDED}`);
  return { got, recorded };
}

type Recorded = ToolCase & ToolOutcome;

const readRecorded = (file: string): Map<string, Recorded> =>
  new Map((JSON.parse(readFileSync(file, 'utf8')) as Recorded[]).map((one) => [one.name, one]));

/** In the recording's own form, so that one can take the other's place (README, "To record anew"). */
function keep(file: string, outcomes: readonly ToolOutcome[]): void {
  const all = TOOL_CASES.map((one, index) => ({ ...one, ...outcomes[index] }));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}
