import type { Environment } from '../config/environment.ts';
import type { DaemonOptions } from '../config/options.ts';
import type { Clock } from '../observe/clock.ts';
import type { RunnerAccess } from '../process/runner.ts';
import type { ActionRunner } from '../standards/action.ts';
import type { InheritedActions } from '../standards/inherited.ts';
import { LSB_DIRECTORY, LsbRunner } from '../standards/lsb.ts';
import { LsbWithMetadata } from '../standards/lsb-metadata.ts';
import { OcfRunner } from '../standards/ocf.ts';
import { StandardsRunner } from '../standards/runner.ts';
import { SecretStore } from '../standards/secrets.ts';
import { ServiceRunner } from '../standards/service.ts';
import { StonithRunner } from '../standards/stonith.ts';
import { DEFAULT_ADDRESS } from '../standards/systemd/bus-address.ts';
import { RUNTIME_UNITS } from '../standards/systemd/drop-in.ts';
import { SystemBus } from '../standards/systemd/system-bus.ts';
import { SystemdRunner } from '../standards/systemd/systemd.ts';

/** What the classes of agents are made from. */
export interface StandardsParts {
  readonly options: Pick<DaemonOptions, 'ocfRoot'>;
  readonly env: Environment;
  readonly clock: Clock;
  readonly runner: RunnerAccess;
  /** What agents inherit. */
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly inherited: InheritedActions;
}

/** Every class that agents can have, and how its actions run. */
export function makeActionRunner(parts: StandardsParts): ActionRunner {
  const { options, clock, runner, baseEnv } = parts;
  const lsb = new LsbWithMetadata(new LsbRunner(runner, { baseEnv }), LSB_DIRECTORY);
  const systemd = makeSystemdRunner(parts);
  const secrets = new SecretStore({ clock });
  return new StandardsRunner(
    {
      ocf: new OcfRunner(runner, { root: options.ocfRoot, baseEnv, secrets }),
      lsb,
      systemd,
      service: new ServiceRunner({ lsb, systemd, lsbDirectory: LSB_DIRECTORY }),
      stonith: new StonithRunner(),
    },
    parts.inherited,
  );
}

/** D-Bus is loaded with the first operation that needs it; most containers have none. */
function makeSystemdRunner({ env, clock }: StandardsParts): SystemdRunner {
  const address = env['DBUS_SYSTEM_BUS_ADDRESS'] ?? DEFAULT_ADDRESS;
  const bus = new SystemBus(async (signal, isAwaited) => {
    const { managerOpener } = await import('../standards/systemd/dbus-manager.ts');
    return managerOpener(address, clock)(signal, isAwaited);
  }, clock);
  return new SystemdRunner({ bus, clock, dropInDirectory: RUNTIME_UNITS });
}
