import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { AgentError, messageOf } from '../../errors/agent-error.ts';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { type AskFlags, answerIn, targetOf, withTarget } from './target.ts';

interface ReportFlags extends AskFlags {
  readonly file?: string;
}

const EXAMPLES = `
Examples:
  bundlet report
  bundlet report --file /tmp/report.tar.gz
  bundlet report --file - > report.tar.gz

In it: status, history, events, metrics, checks, settings, names of processes, mounts. Not in it: keys, values of parameters that look like
secrets, command lines, environments. Look into it before you hand it on: what an application itself has written may tell of more.`;

/** `bundlet report`. */
export function reportCommand(io: Io, done: Done): Command {
  return withTarget(
    new Command('report').description('Write an archive for who is to help, without secrets.'),
  )
    .addOption(
      new Option('-f, --file <FILE>', 'where to; - is standard output (default: bundlet-report-TIME.tar.gz)'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ReportFlags) => {
      const [{ collectReport }, { tarGz }, { connectControl }] = await Promise.all([
        import('../../doctor/report.ts'),
        import('../../doctor/tar.ts'),
        import('../../control/ask/connect.ts'),
      ]);
      const target = await targetOf(flags, io);
      // Without a daemon there is still something to tell, and that is when it is needed most.
      const client = await connectControl(target, answerIn(io)).catch((error: unknown) => {
        io.err.write(`bundlet: ${messageOf(error)}; the report is made without it\n`);
        return undefined;
      });
      const entries = await collectReport(client, io.env, io.signal);
      client?.close();
      const stamp = new Date().toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
      const folder = `bundlet-report-${stamp}`;
      const archive = await tarGz(folder, entries, Math.floor(Date.now() / 1000));
      if (flags.file === '-') {
        io.out.write(archive);
      } else {
        const file = flags.file ?? `${folder}.tar.gz`;
        await writeFile(file, archive, { mode: 0o600 }).catch((error: unknown) => {
          throw new AgentError('OUTPUT_FAILED', `Expected to write ${file}, got ${messageOf(error)}`);
        });
        io.out.write(`${file}\n`);
      }
      done(client === undefined ? EXIT.failed : EXIT.ok);
    });
}
