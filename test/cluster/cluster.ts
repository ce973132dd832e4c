import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { AgentLogs } from './agent-logs.ts';
import { type Agent, agentOf } from './agents.ts';
import type { Bench } from './bench.ts';
import { HttpdBundle } from './bundle.ts';
import { ClusterLog } from './cluster-log.ts';
import { Figures } from './figures.ts';
import { HELP, type Options, parseOptions, UsageError } from './options.ts';
import { type Results, table, writeResults } from './report.ts';
import { hasSteps, Runner } from './runner.ts';
import { checkPrerequisites, MissingError, prepareImages, testbedFolder } from './setup.ts';
import { Testbed } from './testbed.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const EXIT_INTERRUPTED = 130;

const repository = resolve(import.meta.dirname, '../..');
const counts = { passed: 0, failed: 0 };

function testbedOf(agent: Agent, signal: AbortSignal): Testbed {
  return new Testbed({
    folder: testbedFolder(repository),
    name: process.env.TESTBED_NAME ?? 'cluster',
    home: process.env.TESTBED_HOME ?? '/tmp/testbed',
    signal,
    env: { IMAGE: agent.image, RUN_COMMAND: agent.runCommand, OPTIONS: agent.options },
  });
}

async function runAgent(
  agent: Agent,
  options: Options,
  keep: boolean,
  signal: AbortSignal,
): Promise<Figures> {
  const testbed = testbedOf(agent, signal);
  const figures = new Figures();
  let log: ClusterLog | undefined;
  const bench: Bench = {
    agent,
    repository,
    testbed,
    signal,
    figures,
    bundle: new HttpdBundle(testbed),
    agentLogs: new AgentLogs(testbed),
    log() {
      if (log === undefined) {
        throw new Error('The cluster is not up');
      }
      return log;
    },
    count(passed, failed) {
      counts.passed += passed;
      counts.failed += failed;
    },
  };
  await new Runner(bench, { only: options.only, keep }).run(async () => {
    const beganMs = performance.now();
    await testbed.command('up', '--nodes', '2');
    log = await ClusterLog.open(testbed);
    figures.add('test bed up, two nodes', performance.now() - beganMs);
  });
  return figures;
}

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const agents = options.agents
    .filter((name) => hasSteps(name, options.only))
    .map((name) => agentOf(name, repository));
  const [first] = agents;
  if (first === undefined) {
    throw new UsageError(`Expected --only to match the name of a step, got '${options.only?.source}'`);
  }
  const testbed = testbedOf(first, signal);
  checkPrerequisites(agents, repository);
  if (testbed.somethingLeft()) {
    throw new MissingError(
      `The test bed ${testbed.name} is up already (--keep?); end it with ` +
        `TESTBED_NAME=${testbed.name} ${testbed.folder}/testbed down`,
    );
  }
  rmSync(`${repository}/build/cluster-logs`, { recursive: true, force: true });
  await prepareImages(testbed, agents, repository);
  const results: Results = new Map(await inTurn(agents, options, signal));
  console.log(
    `\n${table(results)}\n\nfigures: ${writeResults(repository, results, { ...counts, only: options.only?.source })}`,
  );
  return counts.failed === 0 ? 0 : 1;
}

async function inTurn(
  agents: readonly Agent[],
  options: Options,
  signal: AbortSignal,
): Promise<[Agent['name'], Figures][]> {
  const results: [Agent['name'], Figures][] = [];
  for (const agent of agents) {
    const keep = options.keep && agent === agents.at(-1);
    results.push([agent.name, await runAgent(agent, options, keep, signal)]);
  }
  return results;
}

function explain(error: unknown, signal: AbortSignal): number {
  if (signal.aborted) {
    console.error('Interrupted; the test bed was ended');
    return EXIT_INTERRUPTED;
  }
  if (error instanceof UsageError) {
    console.error(`${error.message}\nTry --help`);
    return EXIT_USAGE;
  }
  if (error instanceof MissingError) {
    console.error(error.message);
    return EXIT_UNAVAILABLE;
  }
  console.error(error);
  counts.failed += 1;
  return 1;
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => interrupt.abort(new Error(`Interrupted by ${name}`)));
}
process.exitCode = await main(process.argv.slice(2), interrupt.signal).catch((error: unknown) =>
  explain(error, interrupt.signal),
);
if (process.exitCode <= 1 && counts.passed + counts.failed > 0) {
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}
