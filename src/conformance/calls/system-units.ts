import { systemClock } from '../../observe/clock.ts';
import { DEFAULT_ADDRESS } from '../../standards/systemd/bus-address.ts';
import { managerOpener } from '../../standards/systemd/dbus-manager.ts';
import { RUNTIME_UNITS } from '../../standards/systemd/drop-in.ts';
import { SystemBus } from '../../standards/systemd/system-bus.ts';
import { SystemdRunner } from '../../standards/systemd/systemd.ts';

/** The units of this machine, as our daemon runs them. */
export interface SystemUnits {
  readonly runner: SystemdRunner;
  readonly bus: SystemBus;
}

/** Connects to nothing before the first call. */
export function systemUnits(address: string = DEFAULT_ADDRESS): SystemUnits {
  const bus = new SystemBus(managerOpener(address, systemClock), systemClock);
  return { bus, runner: new SystemdRunner({ bus, clock: systemClock, dropInDirectory: RUNTIME_UNITS }) };
}
