import type { NfsContext } from '../parameters.ts';

type Params = NfsContext['params'];

/** How many threads serve, where `nfsd_args` doesn't say. */
const THREADS = '8';

/** The shortest times that the kernel takes, in seconds [linux fs/nfsd/nfsctl.c: __nfsd4_write_time]. */
const SHORTEST_SECONDS = 10;

/** Options of rpc.nfsd whose value is a word of its own. */
const WITH_VALUE = /^(-[HpPNVGL]|--(host|port|no-nfs-version|nfs-version|grace-time|leasetime))$/;

/** Of rpc.nfsd; what `nfsd_args` has comes last, and so counts more. */
export function nfsdArguments(params: Params): readonly string[] {
  const given = (params.nfsd_args ?? '').split(/\s+/).filter((word) => word !== '');
  const isCountGiven = /^\d+$/.test(given.at(-1) ?? '') && !WITH_VALUE.test(given.at(-2) ?? '');
  return [
    ...versionArguments(params),
    ...option('-p', params.nfs_port),
    ...option('-H', params.bind_address),
    ...option('-G', seconds(params.grace_period)),
    ...option('-L', seconds(params.lease_lifetime)),
    ...given,
    ...(isCountGiven ? [] : [THREADS]),
  ];
}

/** Of rpc.mountd, which a server of NFSv4 alone needs too: it answers what the kernel asks about exports. */
export function mountdArguments(params: Params): readonly string[] {
  return params.nfsv4_only ? ['--no-udp', '-N', '2', '-N', '3'] : option('--port', params.mountd_port);
}

/** Of rpc.statd. Its clients are notified by us, one address after the other. */
export function statdArguments(params: Params, stateDirectory: string): readonly string[] {
  return [
    '--no-notify',
    '-P',
    stateDirectory,
    ...option('--port', params.statd_port),
    ...option('--outgoing-port', params.statd_outgoing_port),
  ];
}

/** Of sm-notify, for one address of ours. */
export function notifyArguments(params: Params, directory: string, address?: string): readonly string[] {
  return [
    // Not to be kept from running by another one's PID file; and this start is counted already.
    '-f',
    '-n',
    ...option('-m', params.nfs_smnotify_retry_time),
    '-P',
    directory,
    ...option('-v', address),
  ];
}

/** Of a command that starts another one where the machine's name, the scope of NFSv4 servers, is another. */
export function scopeArguments(scope: string, command: readonly string[]): readonly string[] {
  // hostname(1) is not everywhere, and the file can't be written everywhere.
  const script = '{ printf %s "$0" >/proc/sys/kernel/hostname; } 2>/dev/null || hostname "$0" && exec "$@"';
  return ['--uts', '/bin/sh', '-c', script, scope, ...command];
}

const versionArguments = ({ nfsv4_only: isV4Only }: Params): readonly string[] =>
  isV4Only ? ['--no-udp', '-N', '3', '-V', '4'] : ['-V', '3', '-V', '4'];

/** No grace period at all is something to say after the start. */
const seconds = (value: number | undefined): number | undefined =>
  value === undefined || value === 0 ? undefined : Math.max(SHORTEST_SECONDS, value);

const option = (name: string, value: number | string | undefined): readonly string[] =>
  value === undefined ? [] : [name, String(value)];
