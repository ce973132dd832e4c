// Runs checks without the command line: node scripts/conformance.ts AGENT [-o NAME=VALUE]… [--only ID]… [--in-place] [--json]
import { parseArgs } from 'node:util';
import { checksOf } from '../src/conformance/catalog.ts';
import { runChecks } from '../src/conformance/engine.ts';
import { InPlaceJobs } from '../src/conformance/in-place/in-place-jobs.ts';
import { agentBase } from '../src/conformance/place/base-environment.ts';
import { SandboxJobs } from '../src/conformance/sandbox/sandbox-jobs.ts';
import { findSandboxMode } from '../src/conformance/sandbox/sandbox-mode.ts';
import { agentPlaces, findAgent } from '../src/conformance/subject/find-agent.ts';
import { readSubject } from '../src/conformance/subject/read-subject.ts';
import { readMetadata } from '../src/conformance/subject/simple-metadata.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    o: { type: 'string', short: 'o', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    'in-place': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
});
const [name = ''] = positionals;
const parameters = Object.fromEntries(
  values.o.map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]),
);
const ended = new AbortController();
process.once('SIGINT', () => ended.abort());
const settings = { seed: 1, timeoutFactor: 1, live: false, command: `bundlet conformance ${name}` };
const runner = values['in-place']
  ? new InPlaceJobs()
  : new SandboxJobs(await findSandboxMode(agentBase(process.env)));
const agent = await findAgent(name, agentPlaces(process.env, process.cwd()));
const cases = { instances: [{ name: 'conformance', parameters }] };
const subject = await readSubject({ agent, cases, settings, runner, readMetadata }, ended.signal);
const checks = (await checksOf(subject.class)).filter(
  ({ id }) =>
    values.only.length === 0 || values.only.some((wanted) => id === wanted || id.startsWith(`${wanted}-`)),
);
const plan = {
  subject,
  checks,
  settings,
  runner,
  jobs: Number(values.jobs),
  place: 'here',
  bundlet: 'development',
};
const report = await runChecks(
  plan,
  (event) => {
    if (!values.json && event.type === 'check-ended') {
      const { id, verdict, title, ms, reason, findings, notes } = event.result;
      console.log(
        `${verdict.padEnd(8)} ${id} ${title} (${ms} ms)${reason === undefined ? '' : `: ${reason}`}`,
      );
      for (const { expected, seen } of findings) console.log(`           expected ${expected}, got ${seen}`);
      for (const note of notes) console.log(`           ${note}`);
    }
  },
  ended.signal,
);
console.log(
  values.json
    ? JSON.stringify(report, undefined, 2)
    : JSON.stringify({ ...report.summary, ms: report.ms, costs: report.costs }),
);
