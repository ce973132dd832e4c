import { openToolStage, type ToolRun, type ToolStage } from '../helpers/tool-stage.ts';
import { CALLS, type Call, LARGE_CIB } from './calls.ts';
import { inTree, type Tree } from './tree.ts';

export interface Comparison {
  readonly call: Call;
  /** What is wrong; undefined: our daemon and the C one gave the tool the same, and it was what was expected. */
  readonly fault: string | undefined;
}

/** Plays all calls with the tools of a tree, against the tree's own daemon and another one, ours. */
export async function compare(tree: Tree, daemon: readonly string[]): Promise<readonly Comparison[]> {
  const theirs = await playAll(tree, inTree(tree, ['/usr/sbin/pacemaker-remoted']));
  const ours = await playAll(tree, daemon);
  return CALLS.map((call, index) => ({ call, fault: faultOf(call, theirs[index], ours[index]) }));
}

async function playAll(tree: Tree, daemon: readonly string[]): Promise<readonly ToolRun[]> {
  await using stage = await openToolStage({ daemon, roots: [tree.root] });
  await stage.write('/run/large.xml', LARGE_CIB);
  const runs: ToolRun[] = [];
  for (const { command } of CALLS) {
    runs.push(await play(stage, tree, command));
  }
  return runs;
}

const play = (stage: ToolStage, tree: Tree, command: readonly string[]): Promise<ToolRun> =>
  stage.run(inTree(tree, command));

function faultOf(call: Call, theirs: ToolRun | undefined, ours: ToolRun | undefined): string | undefined {
  const { status = 0, prints = '' } = call;
  if (ours === undefined || ours.status !== status || !`${ours.stdout}${ours.stderr}`.includes(prints)) {
    return `Expected exit status ${status} and "${prints}", got ${told(ours)}; under the C daemon ${told(theirs)}`;
  }
  return textOf(ours) === textOf(theirs)
    ? undefined
    : `Expected ${told(theirs)} as under the C daemon, got ${told(ours)}`;
}

/** Without what differs from one moment, or one process, to the next. */
const textOf = (run: ToolRun | undefined): string =>
  `${run?.status} ${run?.stdout}${run?.stderr}`.replace(
    /Last updated: .* on|last_update time="[^"]*"|num_updates="\d+"/g,
    '',
  );

const SHOWN = 300;

const told = (run: ToolRun | undefined): string => {
  const text = JSON.stringify(run);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};
