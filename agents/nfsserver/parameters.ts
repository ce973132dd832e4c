import {
  type AgentContext,
  boolean,
  integer,
  type Parameter,
  parseInteger,
  select,
  string,
} from '../kit/index.ts';

import { absolutePath, clientList, ipAddresses, perExport, scope, typed, word, words } from './lists.ts';

const MAX_PORT = 65_535;

const path = (about: { readonly short: string; readonly long: string }): Parameter<string | undefined> =>
  typed(absolutePath, about);

const port = (about: { readonly short: string; readonly long: string }): Parameter<number | undefined> =>
  integer({ ...about, min: 1, max: MAX_PORT });

/** Parameters of resource-agents' `nfsserver`, with its names and meanings. */
const originals = {
  nfs_init_script: path({
    short: 'Ignored',
    long: `Accepted so that a configuration of resource-agents' agent can be kept. This agent starts the server itself and
needs no init script and no systemd.`,
  }),
  nfsv4_only: boolean({
    default: false,
    short: 'NFSv4 only',
    long: `The server answers NFSv4 and refuses NFSv3; rpcbind, statd and the lock manager are not started.`,
  }),
  nfs_no_notify: boolean({
    default: false,
    short: 'No notification of NFSv3 clients',
    long: 'NFSv3 clients that held locks are not told of the restart (sm-notify is not run). Kernel engine only.',
  }),
  nfs_notify_foreground: boolean({
    default: false,
    short: 'sm-notify in the foreground',
    long: `The start waits until clients have answered sm-notify, at most half of its time. Kernel engine only.`,
  }),
  nfs_smnotify_retry_time: integer({
    min: 0,
    max: 10_000,
    short: 'How long NFSv3 clients are notified, in minutes',
    long: `For so many minutes sm-notify tries to reach clients. Default: its own, 15. Kernel engine only.`,
  }),
  nfs_server_scope: typed(scope, {
    short: 'NFSv4 server scope',
    long: `The name by which NFSv4.1 clients know that this is the same server after a fail-over; must be the same on every
node. Default: the host name.`,
  }),
  nfs_ip: typed(ipAddresses, {
    short: 'Addresses that clients use',
    long: `IP addresses of the service, with commas, from which NFSv3 clients are notified. Kernel engine only: Ganesha
notifies nobody.`,
  }),
  nfs_shared_infodir: path({
    short: "Directory of the server's state",
    long: `A directory that moves along with the exports, or is shared by the nodes, for what must survive a fail-over: which
clients hold locks and open files. Default: kernel engine /var/lib/nfs, Ganesha a directory below /run, which survives a
restart of the server but not of the container.`,
  }),
  rpcpipefs_dir: path({
    short: 'Where rpc_pipefs is mounted',
    long: `Kernel engine only. Default: where it is mounted, else the first of /run/rpc_pipefs and /var/lib/nfs/rpc_pipefs that
exists.`,
  }),
  nfs_notify_cmd: path({
    short: 'Program that notifies NFSv3 clients',
    long: 'sm-notify or rpc.statd. Kernel engine only. Default: the first sm-notify in /usr/sbin and /sbin.',
  }),
  nfsd_args: string({
    short: 'Arguments of rpc.nfsd',
    long: 'Such as the number of threads, with spaces between them. Kernel engine only.',
  }),
  lockd_udp_port: port({
    short: "Lock manager's UDP port",
    long: 'NFSv3 only, kernel engine only. Default: any.',
  }),
  lockd_tcp_port: port({
    short: "Lock manager's TCP port",
    long: 'NFSv3 only. Default: any.',
  }),
  statd_outgoing_port: port({
    short: 'Port from which statd sends',
    long: 'NFSv3 only, kernel engine only. Default: any.',
  }),
  statd_port: port({
    short: "statd's port",
    long: 'NFSv3 only, kernel engine only. Default: any.',
  }),
  mountd_port: port({
    short: "Mount daemon's port",
    long: 'NFSv3 only. Default: any.',
  }),
  rquotad_port: port({
    short: "Quota daemon's port",
    long: 'NFSv3 only. Default: 875 with Ganesha, which starts it only if this is given.',
  }),
};

/** What to export. With several, values are separated by semicolons; one value alone is meant for all. */
const exported = {
  export_path: perExport(absolutePath, {
    short: 'Directories to export',
    long: `Absolute paths, with semicolons. Without them the kernel engine exports what /etc/exports names, and Ganesha needs
config_file.`,
    isReloadable: true,
  }),
  export_id: perExport((text) => parseInteger(text, 1, MAX_PORT), {
    short: 'Numbers of the exports',
    long: `From 1 to 65535, with semicolons, one for each export_path. Part of the file handles that clients keep: the same
on every node, and never another export's. Default: 1, 2, 3 and so on.`,
    isReloadable: true,
  }),
  pseudo: perExport(absolutePath, {
    short: 'NFSv4 paths of the exports',
    long: `Under which NFSv4 clients mount them, with semicolons, one for each export_path. Default: export_path. Kernel
engine: / for one export, others below it; else the directories' own paths. Without export_path: the exports that the
health check opens.`,
    isReloadable: true,
  }),
  clients: perExport(clientList, {
    short: 'Who may mount',
    long: `Addresses, networks, host names, netgroups with @, or * for everyone; commas between them, semicolons between
exports. Required with export_path. This machine's own privileged programs may always, as the health check does.`,
    isReloadable: true,
  }),
  access_type: perExport(word(['RW', 'RO']), {
    short: 'RW or RO',
    long: 'What clients may do: RW read and write, RO only read. Default: RW.',
    isReloadable: true,
  }),
  squash: perExport(word(['Root_Squash', 'No_Root_Squash', 'All_Squash']), {
    short: 'Whose rights clients have',
    long: `Root_Squash: root comes as nobody; No_Root_Squash: everyone as he is; All_Squash: all come as nobody. Default:
Root_Squash.`,
    isReloadable: true,
  }),
  anonuid: integer({
    default: 65_534,
    min: 0,
    max: 4_294_967_294,
    short: 'User id of nobody',
    long: 'For those whose rights squash takes.',
    isReloadable: true,
  }),
  anongid: integer({
    default: 65_534,
    min: 0,
    max: 4_294_967_294,
    short: 'Group id of nobody',
    long: 'For those whose rights squash takes.',
    isReloadable: true,
  }),
  sectype: perExport(words(['sys', 'krb5', 'krb5i', 'krb5p']), {
    short: 'How users are authenticated',
    long: `sys, krb5, krb5i, krb5p; commas between them, semicolons between exports. The health check opens exports with sys
only. Default: sys.`,
    isReloadable: true,
  }),
  export_options: string({
    short: 'Further export options of the kernel engine',
    long: 'Such as no_subtree_check,fsid=7 [exports(5)], for each export_path.',
    isReloadable: true,
  }),
};

/** How the server runs. */
const server = {
  engine: select(['auto', 'kernel', 'ganesha'], {
    default: 'auto',
    short: 'Which NFS server',
    long: `kernel: the nfsd of the host's kernel, one in a network namespace. ganesha: NFS-Ganesha, an ordinary process that
runs in any container, with only its export's files. auto: the kernel's if /proc/fs/nfsd is mounted or can be, else
Ganesha.`,
  }),
  fsal: select(['VFS', 'MEM'], {
    default: 'VFS',
    short: "Ganesha's file system driver",
    long: `VFS: the directory export_path; needs CAP_DAC_READ_SEARCH and a file system with handles (ext4, xfs, btrfs, tmpfs;
not overlayfs). MEM: an empty file system in memory that keeps 64 KB of each file, for tests. Others by config_file.`,
  }),
  config_file: path({
    short: 'A Ganesha configuration of your own',
    long: `Used as it is, in place of export_path and what belongs to it. It must listen on nfs_port, with Protocols = 4 in
NFS_CORE_PARAM if nfsv4_only is set. Give in pseudo the exports that the health check is to open.`,
  }),
  ganesha: path({
    short: "Ganesha's program",
    long: 'Default: the first ganesha.nfsd in /usr/bin, /usr/sbin, /usr/local/bin and /usr/local/sbin.',
  }),
  enable_nlm: boolean({
    default: false,
    short: 'NFSv3 locks',
    long: 'Ganesha serves the lock manager. Needs a running rpc.statd, which the agent does not start for Ganesha.',
  }),
  nfs_port: integer({
    default: 2049,
    min: 1,
    max: MAX_PORT,
    short: 'Port of NFS',
    long: 'TCP.',
  }),
  bind_address: typed((text) => ipAddresses(text)[0], {
    short: 'Address to listen on',
    long: 'One IP address of this machine. Default: all.',
  }),
  grace_period: integer({
    min: 0,
    max: 180,
    short: 'Grace period, in seconds',
    long: `How long after a start clients may reclaim what they held, while nobody else can open files. 0: none, and nothing
can be reclaimed. Default: 90.`,
  }),
  lease_lifetime: integer({
    min: 1,
    max: 120,
    short: 'Lease time, in seconds',
    long: 'How long the server remembers a client that says nothing. Default: kernel 90, Ganesha 60.',
  }),
  log_file: path({
    short: "Ganesha's log file",
    long: 'A regular file, read by the agent too. Default: one below /run, kept over one restart. Its first error is the reason of a start that failed.',
  }),
  log_level: select(['FATAL', 'MAJ', 'CRIT', 'WARN', 'EVENT', 'INFO', 'DEBUG', 'FULL_DEBUG'], {
    default: 'EVENT',
    short: 'What Ganesha logs',
    long: 'From FATAL, the least, to FULL_DEBUG.',
  }),
};

/** All parameters of the agent. */
export const parameters = { ...originals, ...exported, ...server };

/** The context of the agent's actions. */
export type NfsContext = AgentContext<typeof parameters>;
