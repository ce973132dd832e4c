import type { Environment } from '../config/environment.ts';
import type { Clock } from '../observe/clock.ts';
import type { YieldingAgents } from '../process/own-place.ts';
import type { RunnerAccess } from '../process/runner.ts';
import type { ActionRunner } from './action.ts';
import type { InheritedActions } from './inherited.ts';
import { LSB_DIRECTORY, LsbRunner } from './lsb.ts';
import { LsbWithMetadata } from './lsb-metadata.ts';
import { OcfRunner } from './ocf.ts';
import { StandardsRunner } from './runner.ts';
import { SecretStore } from './secrets.ts';
import { ServiceRunner } from './service.ts';
import { StonithRunner } from './stonith.ts';
import { DEFAULT_ADDRESS } from './systemd/bus-address.ts';
import { RUNTIME_UNITS } from './systemd/drop-in.ts';
import { SystemBus } from './systemd/system-bus.ts';
import { SystemdRunner } from './systemd/systemd.ts';

/** What the classes of agents are made from. */
export interface ClassesParts {
  /** Where OCF lives, as for `OcfRunner`. */
  readonly ocfRoot: string;
  /** Says where the system bus is. */
  readonly env: Environment;
  readonly clock: Clock;
  readonly runner: RunnerAccess;
  /** Runs agents of class ocf. Default: `runner`. */
  readonly ocfRunner?: RunnerAccess;
  /** As for `OcfRunner`. */
  readonly yielding?: YieldingAgents;
  /** What agents inherit. */
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly inherited?: InheritedActions;
}

/** Every class that agents can have. */
export interface Classes {
  /** Runs the actions of all of them. */
  readonly runner: ActionRunner;
  readonly systemd: SystemdRunner;
  /** Closes the connection to systemd if there is one; the next operation opens it again. */
  close(): Promise<void>;
}

/** Brings the classes together. Nothing of them is loaded or opened before the first operation that needs it. */
export function makeClasses(parts: ClassesParts): Classes {
  const { ocfRoot, clock, runner, ocfRunner = runner, yielding, baseEnv } = parts;
  const lsb = new LsbWithMetadata(new LsbRunner(runner, { baseEnv }), LSB_DIRECTORY);
  const bus = makeBus(parts);
  const systemd = new SystemdRunner({ bus, clock, dropInDirectory: RUNTIME_UNITS });
  const secrets = new SecretStore({ clock });
  const classes = new StandardsRunner(
    {
      ocf: new OcfRunner(ocfRunner, {
        root: ocfRoot,
        baseEnv,
        secrets,
        ...(yielding === undefined ? {} : { yielding }),
      }),
      lsb,
      systemd,
      service: new ServiceRunner({ lsb, systemd, lsbDirectory: LSB_DIRECTORY }),
      stonith: new StonithRunner(),
    },
    parts.inherited,
  );
  return { runner: classes, systemd, close: () => bus.close() };
}

/** D-Bus is loaded with the first operation that needs it; most containers have none. */
function makeBus({ env, clock }: ClassesParts): SystemBus {
  const address = env['DBUS_SYSTEM_BUS_ADDRESS'] ?? DEFAULT_ADDRESS;
  return new SystemBus(async (signal, isAwaited) => {
    const { managerOpener } = await import('./systemd/dbus-manager.ts');
    return managerOpener(address, clock)(signal, isAwaited);
  }, clock);
}
