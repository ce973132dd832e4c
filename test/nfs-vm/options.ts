import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the caller wants. */
export interface Options {
  /** Folder of the test bed's scripts. */
  readonly testbed: string;
  /** Where the guest's files go. */
  readonly home: string;
  /** Cases whose name matches; all of them when undefined. */
  readonly only: RegExp | undefined;
  readonly help: boolean;
}

export const HELP = `Runs Bundlet's agent nfsserver with the NFS server of a real kernel, in a small emulated machine.

Usage: node test/nfs-vm/nfs-vm.ts [options]       (npm run test:nfs makes the agent first)

  --testbed DIR    the folder that holds run-vm.sh (default ../shared/testbed-nfs, seen from the repository)
  --home DIR       where the guest's kernel and files go, and are found again (default /tmp/bundlet-nfs-vm)
  --only PATTERN   only the cases whose name matches this regular expression
  --help           this text

Environment
  CTL_PORT NFS_PORT MOUNT_PORT   ports of this machine that lead to the guest (default 17600, 12650, 12651)

Exit code: 0 all passed, 1 something failed, 64 wrong option.
`;

const repository = resolve(import.meta.dirname, '../..');

/** @throws TypeError with what is wrong */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      testbed: { type: 'string', default: '../shared/testbed-nfs' },
      home: { type: 'string', default: '/tmp/bundlet-nfs-vm' },
      only: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    testbed: resolve(repository, values.testbed),
    home: resolve(values.home),
    only: values.only === undefined ? undefined : new RegExp(values.only, 'i'),
    help: values.help,
  };
}
