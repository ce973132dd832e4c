import { busUnavailable } from './failures.ts';

/** Where the system bus is unless `DBUS_SYSTEM_BUS_ADDRESS` says otherwise. */
export const DEFAULT_ADDRESS = 'unix:path=/run/dbus/system_bus_socket';

/**
 * The socket of a bus address, as `net.connect` takes it: of several addresses the first that is a Unix socket. Other
 * kinds start programs or cross the network; systemd is on this machine [D-Bus Specification, Server Addresses].
 * @throws AgentError BUS_UNAVAILABLE
 */
export function socketOf(address: string): string {
  for (const one of address.split(';')) {
    const [family, parameters = ''] = splitOnce(one, ':');
    if (family === 'unix') {
      const values = new Map(parameters.split(',').map((pair) => splitOnce(pair, '=')));
      const path = values.get('path');
      const abstract = values.get('abstract');
      if (path !== undefined || abstract !== undefined) {
        return path === undefined ? `\0${unescaped(abstract ?? '')}` : unescaped(path);
      }
    }
  }
  throw busUnavailable(
    `Expected an address like ${DEFAULT_ADDRESS}, got ${address}; set DBUS_SYSTEM_BUS_ADDRESS`,
  );
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** `%xx` stands for a byte. */
function unescaped(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
