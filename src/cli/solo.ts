import { Command, Option } from 'commander';
import type { Io } from './io.ts';

interface SoloFlags {
  readonly port?: string;
  readonly resume?: boolean;
  readonly log?: string;
}

const EXAMPLES = `
Examples:
  bundlet solo bundle.xml
  bundlet solo primitive.xml --port 3122
  docker run -e BUNDLET_SOLO=/etc/bundlet/primitive.xml IMAGE

The file holds a <primitive>, or a <bundle> around one, as Pacemaker has them. Ctrl-C stops the resource and ends. In a container the
same is done by BUNDLET_SOLO with the usual ENTRYPOINT. Exit status: 0 stopped in order, 100 it can not work here, 101 the resource could
not be kept running, 128 and the number of a signal otherwise.`;

/** `bundlet solo`: becomes the daemon in solo mode. */
export function soloCommand(io: Io): Command {
  return new Command('solo')
    .description('Keep a resource running without a cluster, by the rules of one.')
    .argument('<FILE>', 'its definition')
    .addOption(new Option('-p, --port <PORT>', 'TCP port for clusters (default: 3121)'))
    .option('--resume', 'take over again when a cluster that came has left')
    .addOption(new Option('--log <FORMAT>', 'of the log').choices(['auto', 'json', 'human']))
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: SoloFlags) => {
      const { becomeSolo } = await import('./become-solo.ts');
      await becomeSolo(file, flags, io);
    });
}
