import { type Bench, expect, type Step } from '../bench.ts';
import { run } from '../command.ts';
import { Testbed } from '../testbed.ts';

const MINUTES = 10;

/** The test bed's own checks; each of them counts. */
export const selftest: Step = {
  name: "the test bed's selftest",
  needs: 'nothing',
  agent: 'bundlet',
  async run(bench) {
    const { agent, testbed, signal } = bench;
    const name = `${testbed.name}-selftest`;
    const env = {
      ...testbed.env,
      TESTBED_NAME: name,
      IMAGE: agent.toolsImage,
      REMOTE_COMMAND: agent.remoteCommand.join(' '),
    };
    let summary = '';
    const onLine = (line: string): void => {
      console.log(`       ${line}`);
      summary = line;
    };
    try {
      const file = `${testbed.folder}/selftest`;
      const { exitCode } = await run(file, [], { env, signal, onLine, timeoutMs: MINUTES * 60_000 });
      countIn(bench, summary);
      expect(exitCode === 0, `exit code 0 of selftest, got ${exitCode}`);
    } finally {
      await new Testbed({ ...testbed.settings, name }).down();
    }
  },
};

function countIn(bench: Bench, summary: string): void {
  const [, passed, failed] = /^(\d+) passed, (\d+) failed, \d+ skipped$/.exec(summary) ?? [];
  expect(passed !== undefined, `a summary in the last line of selftest, got '${summary}'`);
  bench.count(Number(passed), Number(failed));
}
