import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MissingError, type Tools } from './build.ts';
import { KEY } from './namespace.ts';
import { type Daemon, pick, type Session } from './session.ts';

/** What is measured of `bundlet`: from fork to exit, so the start of Node is in it. */
export const COMMANDS = ['status', 'resources', 'healthz'] as const;

const SCRIPT = join(import.meta.dirname, 'commands.sh');

const bundletOf = (session: Session): string => {
  const { path } = session.daemons.ours;
  const bundlet = resolve(realpathSync(path), '../../bin/bundlet');
  if (!existsSync(bundlet)) {
    throw new MissingError(`Expected the command of ${path} in ${bundlet}; build it with npm run build`);
  }
  return bundlet;
};

/** Our command beside our daemon, which nobody else uses. The C daemon has none to compare with. */
export const measureCommands = async (session: Session): Promise<void> => {
  const bundlet = bundletOf(session);
  const { plan, options } = session;
  for (const name of COMMANDS) {
    const command = (daemon: Daemon, tools: Tools): readonly string[] => [
      ...['sh', SCRIPT, tools.toolRounds, String(plan.commandCalls), KEY],
      ...[options.daemonOutput, daemon.path, bundlet, name],
    ];
    const output = await session.measure({
      name: `bundlet ${name}`,
      side: 'ours',
      setting: 'quickack',
      command,
    });
    session.add('ours', `commands.${name}.p50`, pick(output, 'p50'));
    session.add('ours', `commands.${name}.p99`, pick(output, 'p99'));
    if (pick(output, 'failed') > 0) {
      session.warn(`commands: ${pick(output, 'failed')} calls of bundlet ${name} failed`);
    }
  }
};
