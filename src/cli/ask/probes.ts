import { Command } from 'commander';
import { PROBES, type Probe } from '../../control/model.ts';
import { type Done, EXIT } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { type AskFlags, answerIn, withDaemon, withTarget } from './target.ts';

interface ProbeFlags extends AskFlags {
  readonly verbose?: boolean;
}

const DESCRIPTIONS: Readonly<Record<Probe, string>> = {
  livez: 'Is the daemon alive? For liveness probes.',
  readyz: 'Does everything run that is to run here? For readiness and startup probes.',
  healthz: 'Is nothing wrong? For the HEALTHCHECK of an image.',
};

/** `bundlet livez`, `readyz` and `healthz`. */
export function probeCommands(io: Io, done: Done): readonly Command[] {
  return PROBES.map((probe) =>
    withTarget(new Command(probe).description(DESCRIPTIONS[probe]))
      .option('-v, --verbose', 'also what is well')
      .addHelpText(
        'after',
        `\nExamples:\n  bundlet ${probe}\n  bundlet ${probe} --verbose\n\nExit status: 0 yes, 1 no, 3 the daemon can not be reached.`,
      )
      .action(async (flags: ProbeFlags) => {
        const health = await withDaemon(flags, io, (client) => client.ask('health', { probe }, answerIn(io)));
        const [{ printDocument }, { checksText }] = await Promise.all([
          import('../show/document.ts'),
          import('./show-checks.ts'),
        ]);
        const human = (): string =>
          `${checksText(health.checks, io.out, flags.verbose === true)}${health.isHealthy ? 'ok' : `${probe} failed`}\n`;
        await printDocument(io, flags.output, 'health', health, human);
        done(health.isHealthy ? EXIT.ok : EXIT.failed);
      }),
  );
}
