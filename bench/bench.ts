import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildTools, findDaemon, findReference, MissingError, ROOT } from './build.ts';
import { GROUP_WORK } from './groups.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';
import { FULL, QUICK } from './plan.ts';
import { renderMarkdown, renderText, rows } from './report.ts';
import { saveResults } from './results.ts';
import { type Daemon, Session } from './session.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;

const ourDaemon = (options: Options): Daemon => {
  const path = findDaemon(options.ours ?? join(ROOT, 'build', 'pacemaker-remoted'), '--ours');
  if (options.init === 'none') {
    return { path, pidOne: [path] };
  }
  const init = findDaemon(options.init ?? join(ROOT, 'build', 'pcmk-init'), '--init');
  // Our init starts exactly the daemon that the other figures are taken from; the built ones are one program.
  const same = realpathSync(init) === realpathSync(path);
  return { path, pidOne: same ? [init] : ['env', `BUNDLET_DAEMON=${path}`, init] };
};

const referenceDaemon = async (options: Options): Promise<Daemon> => {
  const path = await findReference(options.reference);
  return { path, pidOne: [path] };
};

const bench = async (options: Options): Promise<number> => {
  if (process.getuid?.() !== 0) {
    throw new MissingError(
      'Expected to run as root, for private namespaces: sudo env "PATH=$PATH" npm run bench',
    );
  }
  if (options.out !== undefined && !existsSync(resolve(options.out, '..'))) {
    throw new UsageError(`Expected --out to name a file in an existing folder, got "${options.out}"`);
  }
  const tools = await buildTools();
  const daemons = { reference: await referenceDaemon(options), ours: ourDaemon(options) };
  const machine = await describeMachine(daemons);
  const session = new Session(options, tools, options.quick ? QUICK : FULL, daemons);
  for (const group of options.only) {
    session.say(`${group} …`);
    await GROUP_WORK[group](session);
  }
  session.warnings.push(...session.noiseWarnings());
  const table = rows(session);
  process.stdout.write(`${options.markdown ? renderMarkdown(table) : renderText(table)}\n`);
  const files = await saveResults(session, machine, table);
  for (const warning of session.warnings) {
    session.say(`warning: ${warning}`);
  }
  session.say(files.length === 0 ? 'no result file written' : `written: ${files.join(', ')}`);
  return session.failures.length === 0 ? 0 : EXIT_FAILED;
};

const main = async (): Promise<number> => {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await bench(options);
  } catch (error) {
    if (error instanceof UsageError || error instanceof MissingError) {
      process.stderr.write(`bench: ${error.message}\n`);
      return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED;
    }
    throw error;
  }
};

process.exitCode = await main();
