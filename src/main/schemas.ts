import type { DaemonOptions } from '../config/options.ts';
import type { Clock } from '../observe/clock.ts';
import type { Relay } from '../protocol/ipc-relay.ts';
import { hasSchemas } from '../protocol/register.ts';
import type { SchemaTransfer } from '../proxy/schema-transfer.ts';

/**
 * Fetches the cluster's newer schema files when a provider registers that has them [protocol 6.9]. What does it is
 * loaded only then: controllers before 2.1.8 have none.
 */
export function schemaTransfers(
  options: DaemonOptions,
  clock: Clock,
): (protocolVersion: string, relay: Relay) => void {
  let transfer: Promise<SchemaTransfer> | undefined;
  const places = { installed: options.schemaDirectory, fetched: options.remoteSchemaDirectory };
  return (protocolVersion, relay) => {
    if (hasSchemas(protocolVersion)) {
      transfer ??= import('../proxy/schema-transfer.ts').then(
        ({ SchemaTransfer }) => new SchemaTransfer({ clock, relay, ...places }),
      );
      transfer.then((made) => made.start());
    }
  };
}
