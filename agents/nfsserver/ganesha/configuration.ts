import type { Export } from '../exports.ts';
import type { NfsContext } from '../parameters.ts';

/** What of a configuration the parameters don't tell. */
export interface ConfigurationParts {
  readonly exports: readonly Export[];
  /** Where Ganesha keeps which clients hold what. */
  readonly recoveryRoot: string;
  /** Addresses that the health check's calls come from. */
  readonly ownAddresses: readonly string[];
}

/** What `MEM` keeps of each file. */
const MEM_BYTES = 65_536;

/** Below EVENT. */
const QUIET_LEVELS: ReadonlySet<string> = new Set(['FATAL', 'MAJ', 'CRIT', 'WARN']);

/** Lines of a block; undefined ones are left out. */
type Lines = readonly (string | undefined)[];

/** The configuration of NFS-Ganesha, 4.0 and later [ganesha-config(8)]. */
export function renderConfiguration(params: NfsContext['params'], parts: ConfigurationParts): string {
  const blocks = [
    block('NFS_CORE_PARAM', coreLines(params)),
    block('NFSV4', nfs4Lines(params, parts.recoveryRoot)),
    // What a reload has come to is an event of this component; a quieter log would keep it.
    ...(QUIET_LEVELS.has(params.log_level) ? [block('LOG', ['COMPONENTS { CONFIG = EVENT; }'])] : []),
    // Without it every start complains of a keytab that nobody wants.
    ...(usesKerberos(parts.exports) ? [] : [block('NFS_KRB5', ['Active_krb5 = false;'])]),
    // By default it keeps names and no contents.
    ...(params.fsal === 'MEM' ? [block('MEM', [`Inode_Size = ${MEM_BYTES};`])] : []),
    ...parts.exports.map((each) => block('EXPORT', exportLines(each, params, parts.ownAddresses))),
  ];
  return `# Written at every start and reload of the resource: changes are lost.\n${blocks.join('')}`;
}

function coreLines(params: NfsContext['params']): Lines {
  const { nfsv4_only: isV4Only, mountd_port, lockd_tcp_port, rquotad_port, bind_address } = params;
  return [
    // Here, and not only in the exports: else v3 is registered, and Ganesha dies without rpcbind.
    `Protocols = ${isV4Only ? '4' : '3, 4'};`,
    `NFS_Port = ${params.nfs_port};`,
    bind_address === undefined ? undefined : `Bind_Addr = ${bind_address};`,
    'Enable_UDP = false;',
    `Enable_NLM = ${params.enable_nlm && !isV4Only};`,
    `Enable_RQUOTA = ${rquotad_port !== undefined && !isV4Only};`,
    ...(isV4Only
      ? []
      : [port('MNT_Port', mountd_port), port('NLM_Port', lockd_tcp_port), port('Rquota_Port', rquotad_port)]),
  ];
}

function nfs4Lines(params: NfsContext['params'], recoveryRoot: string): Lines {
  const { grace_period, lease_lifetime, nfs_server_scope } = params;
  return [
    grace_period === undefined
      ? undefined
      : grace_period === 0
        ? 'Graceless = true;'
        : `Grace_Period = ${grace_period};`,
    lease_lifetime === undefined ? undefined : `Lease_Lifetime = ${lease_lifetime};`,
    'RecoveryBackend = fs;',
    `RecoveryRoot = ${quoted(recoveryRoot)};`,
    // Names would be those of this container, which has other users than the clients.
    'Only_Numeric_Owners = true;',
    nfs_server_scope === undefined ? undefined : `Server_Scope = ${quoted(nfs_server_scope)};`,
  ];
}

function exportLines(each: Export, params: NfsContext['params'], ownAddresses: readonly string[]): Lines {
  const common = [
    `Protocols = ${params.nfsv4_only ? '4' : '3, 4'};`,
    'Transports = TCP;',
    `Anonymous_Uid = ${params.anonuid};`,
    `Anonymous_Gid = ${params.anongid};`,
  ];
  return [
    `Export_Id = ${each.id};`,
    `Path = ${quoted(each.path)};`,
    `Pseudo = ${quoted(each.pseudo ?? each.path)};`,
    // Who is not named by a CLIENT block has nothing.
    'Access_Type = None;',
    ...common,
    `SecType = ${each.sectypes.join(', ')};`,
    `FSAL { Name = ${params.fsal}; }`,
    // The first block that names a client counts. The health check is root of this machine, and nobody else is.
    client(ownAddresses, [
      ...common,
      `Access_Type = ${each.access};`,
      'Squash = No_Root_Squash;',
      'PrivilegedPort = true;',
      'SecType = sys;',
    ]),
    client(each.clients, [
      ...common,
      `Access_Type = ${each.access};`,
      `Squash = ${each.squash};`,
      `SecType = ${each.sectypes.join(', ')};`,
    ]),
  ];
}

const client = (clients: readonly string[], lines: Lines): string =>
  `CLIENT { Clients = ${clients.join(', ')}; ${lines.join(' ')} }`;

const port = (name: string, value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${name} = ${value};`;

const usesKerberos = (exports: readonly Export[]): boolean =>
  exports.some(({ sectypes }) => sectypes.some((sectype) => sectype !== 'sys'));

/** Paths have no quotes and backslashes in them: see `absolutePath`. */
const quoted = (text: string): string => `"${text}"`;

function block(name: string, lines: Lines): string {
  const body = lines.filter((line) => line !== undefined).map((line) => `  ${line}\n`);
  return `${name} {\n${body.join('')}}\n`;
}
