// Plays the contract suite against a daemon; see options.ts for the command line.
import { writeFileSync } from 'node:fs';
import { CASES, LEFT_OUT } from './cases/index.ts';
import type { ContractCase } from './model.ts';
import { choose, type Options, readOptions, USAGE, UsageError } from './options.ts';
import { playAll } from './pool.ts';
import { lineOf, summaryOf } from './report.ts';
import { toolsMissing } from './stage/tools.ts';

const EXIT = { ok: 0, failed: 1, usage: 64, interrupted: 130 } as const;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function list(options: Options): void {
  for (const { name, clause, classes } of choose(CASES, options)) {
    say(`${name}  [${clause}]  ${classes.join(', ')}`);
  }
  for (const [name, why] of Object.entries(LEFT_OUT)) {
    say(`left out: ${name}: ${why}`);
  }
}

/** Without those for which this machine lacks something, which are told of. */
function playable(chosen: readonly ContractCase[]): readonly ContractCase[] {
  const why = toolsMissing();
  const lacking = chosen.filter(({ classes }) => why !== undefined && classes.includes('tools'));
  for (const { name } of lacking) {
    say(`left out  ${name}: ${why}`);
  }
  return chosen.filter((one) => !lacking.includes(one));
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help || options.list) {
    options.help ? say(USAGE) : list(options);
    return EXIT.ok;
  }
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupt.abort());
  }
  const results = await playAll({
    command: options.daemon,
    names: playable(choose(CASES, options)).map(({ name }) => name),
    jobs: options.jobs,
    onResult: (result) => say(lineOf(result)),
    signal: interrupt.signal,
  });
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  say(summaryOf(results));
  if (interrupt.signal.aborted) {
    return EXIT.interrupted;
  }
  return results.every(({ passed }) => passed) ? EXIT.ok : EXIT.failed;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = EXIT.usage;
}
