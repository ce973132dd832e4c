import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { MissingError } from './build.ts';
import { untilListening } from './memory-group.ts';
import { isOutput, pick, type Session } from './session.ts';

/** What is measured of `bundlet`: from fork to exit, so the start of Node is in it. */
export const COMMANDS = ['status', 'resources', 'healthz'] as const;

const TIMEOUT_MS = 60_000;
/** The first ones read files and compile. */
const WARM_UP = '3';

const bundletOf = (session: Session): string => {
  const { path } = session.daemons.ours;
  const bundlet = resolve(realpathSync(path), '../../bin/bundlet');
  if (!existsSync(bundlet)) {
    throw new MissingError(`Expected the command of ${path} in ${bundlet}; build it with npm run build`);
  }
  return bundlet;
};

/** Our command in the container, asking a daemon that nobody else uses. The C daemon has none to compare with. */
export const measureCommands = async (session: Session): Promise<void> => {
  const bundlet = bundletOf(session);
  await using stage = await session.openStage('quickack', session.daemons.ours.pidOne);
  await untilListening(stage);
  for (const name of COMMANDS) {
    const spawn = (times: string): Promise<string> =>
      stage.run([session.tools.toolRounds, 'spawn', times, bundlet, name], TIMEOUT_MS);
    await spawn(WARM_UP);
    const output: unknown = JSON.parse(await spawn(String(session.plan.commandCalls)));
    if (!isOutput(output) || pick(output, 'failed') > 0) {
      throw new MissingError(`Expected every bundlet ${name} to succeed, got ${JSON.stringify(output)}`);
    }
    session.add('ours', `commands.${name}.p50`, pick(output, 'p50'));
    session.add('ours', `commands.${name}.p99`, pick(output, 'p99'));
    session.runs.push({
      ...{
        name: `commands ${name}`,
        side: 'ours',
        setting: 'quickack',
        attempt: 1,
        accepted: true,
        otherCores: 0,
      },
      output,
    });
  }
};
