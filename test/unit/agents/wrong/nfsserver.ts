import type { WrongValue, WrongValues } from '../wrong-value.ts';

/** A path of the kernel's engine and of Ganesha's is read in the same way. */
const paths = [
  'nfs_init_script',
  'nfs_shared_infodir',
  'rpcpipefs_dir',
  'nfs_notify_cmd',
  'config_file',
  'ganesha',
  'log_file',
  'export_path',
  'pseudo',
].flatMap((parameter): WrongValue[] =>
  ['srv/data', '/srv/../etc', '/a//b', '/a"b', '/a\\b', '/a\nb'].map((value) => ({
    parameter,
    value,
    code: 6,
    reason: `Expected the parameter ${parameter} to be`,
  })),
);

/** Enough for Ganesha's engine to look at the machine, whether Ganesha is installed or not. */
const machine = { ganesha: '/bin/true' };

export const values: WrongValues = {
  good: { engine: 'ganesha', export_path: '/tmp', clients: '192.0.2.0/24', fsal: 'MEM', nfsv4_only: 'yes' },
  wrong: [
    ...paths,
    { parameter: 'nfs_ip', value: '192.0.2.300', code: 6, reason: 'IP addresses' },
    { parameter: 'nfs_ip', value: '192.0.2.1,,192.0.2.2', code: 6, reason: 'something between each two ","' },
    { parameter: 'bind_address', value: 'localhost', code: 6, reason: 'IP addresses' },
    { parameter: 'nfs_server_scope', value: 'a b', code: 6, reason: 'a name of at most 64 letters' },
    { parameter: 'nfs_port', value: '0', code: 6, reason: 'a whole number from 1 to 65535' },
    { parameter: 'grace_period', value: '181', code: 6, reason: 'a whole number from 0 to 180' },
    {
      parameter: 'clients',
      value: 'a; b',
      code: 6,
      reason: 'Expected 1 values of clients, one for each export_path',
    },
    { parameter: 'clients', value: '{ Access_Type = RW; }', code: 6, reason: 'a list of addresses' },
    { parameter: 'clients', value: '10.0.0.0/33', code: 6, reason: 'a list of addresses' },
    { parameter: 'clients', value: '', code: 6, reason: 'Expected clients with export_path, got none' },
    {
      parameter: 'export_path',
      value: '',
      code: 6,
      reason: 'Expected export_path or config_file for Ganesha',
    },
    {
      parameter: 'export_path',
      value: '/a;/a',
      code: 6,
      reason: 'Expected another path or pseudo for each export, got /a twice',
    },
    {
      parameter: 'export_path',
      value: '/nowhere/at/all',
      beside: { ...machine, fsal: 'VFS' },
      level: 10,
      code: 2,
      reason: 'Expected export_path to be a directory, got ENOENT for /nowhere/at/all',
    },
    {
      parameter: 'export_path',
      value: '/etc/passwd',
      beside: { ...machine, fsal: 'VFS' },
      level: 10,
      code: 2,
      reason: 'Expected export_path to be a directory, got something else',
    },
    { parameter: 'export_id', value: '0', code: 6, reason: 'a whole number from 1 to 65535' },
    { parameter: 'export_id', value: '1;2', code: 6, reason: 'Expected 1 values of export_id' },
    {
      parameter: 'export_id',
      value: '7;7',
      beside: { export_path: '/a;/b' },
      code: 6,
      reason: 'Expected another export_id for each export, got 7 twice',
    },
    { parameter: 'pseudo', value: '/a;/b', code: 6, reason: 'Expected 1 values of pseudo' },
    { parameter: 'access_type', value: 'RX', code: 6, reason: 'a list of RW, RO' },
    { parameter: 'squash', value: 'none', code: 6, reason: 'a list of Root_Squash' },
    { parameter: 'sectype', value: 'sys,none', code: 6, reason: 'a list of sys, krb5' },
    {
      parameter: 'config_file',
      value: '/etc/ganesha/ganesha.conf',
      code: 6,
      reason: 'Expected export_path or config_file, got both',
    },
    {
      parameter: 'config_file',
      value: '/nowhere/ganesha.conf',
      beside: { ...machine, export_path: '', clients: '' },
      level: 10,
      code: 2,
      reason: 'Expected config_file to be a readable file, got ENOENT',
    },
    {
      parameter: 'ganesha',
      value: '/nowhere/ganesha.nfsd',
      level: 10,
      code: 5,
      reason: 'Expected the program /nowhere/ganesha.nfsd, got none: install nfs-ganesha',
    },
    {
      parameter: 'log_file',
      value: '/nowhere/ganesha.log',
      beside: machine,
      level: 10,
      code: 2,
      reason: 'Expected the directory of log_file to be a directory',
    },
    {
      parameter: 'nfs_shared_infodir',
      value: '/nowhere',
      beside: machine,
      level: 10,
      code: 2,
      reason: 'Expected nfs_shared_infodir to be a directory',
    },
  ],
  anyText: {
    nfsd_args: 'rpc.nfsd itself tells what is wrong; Ganesha does not read it',
    export_options: 'exportfs itself tells what is wrong; Ganesha does not read it',
  },
};
