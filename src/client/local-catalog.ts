import { agentEnvironment, type Environment } from '../config/environment.ts';
import { DEFAULT_OCF_ROOT } from '../config/options.ts';
import { systemClock } from '../observe/clock.ts';
import { ownYieldingAgents } from '../process/own-place.ts';
import { Catalog } from '../standards/catalog.ts';
import { makeClasses } from '../standards/classes.ts';
import { LSB_DIRECTORY } from '../standards/lsb.ts';

export interface LocalAgentsOptions {
  /** Default: `OCF_ROOT` of the environment, or `/usr/lib/ocf`. */
  readonly ocfRoot?: string;
  /** What agents inherit; `DBUS_SYSTEM_BUS_ADDRESS` says where systemd is. Default: that of this process. */
  readonly env?: Environment;
}

/** The catalog of this machine. Programs are started with execa: for one look there is no need of a spawner. */
export function openCatalog(options: LocalAgentsOptions): {
  readonly catalog: Catalog;
  close(): Promise<void>;
} {
  const { env = process.env } = options;
  const ocfRoot = options.ocfRoot ?? env['OCF_ROOT'] ?? DEFAULT_OCF_ROOT;
  const yielding = ownYieldingAgents();
  const { runner, systemd, close } = makeClasses({
    ocfRoot,
    yielding,
    env,
    clock: systemClock,
    runner: async () => new (await import('../process/execa-runner.ts')).ExecaRunner(systemClock),
    baseEnv: agentEnvironment(env, false),
  });
  return {
    catalog: new Catalog({ ocfRoot, yielding, lsbDirectory: LSB_DIRECTORY, systemd, runner }),
    close,
  };
}
