import { describe, expect, it } from 'vitest';
import {
  mountdArguments,
  nfsdArguments,
  notifyArguments,
  scopeArguments,
  statdArguments,
} from '../../../../../agents/nfsserver/kernel/arguments.ts';
import { paramsOf } from './fake-context.ts';

const V4 = ['--no-udp', '-N', '3', '-V', '4', '-p', '2049'];

describe('of rpc.nfsd', () => {
  it.each([
    [{}, ['-V', '3', '-V', '4', '-p', '2049', '8']],
    [{ nfsv4_only: 'yes' }, [...V4, '8']],
    [{ nfsv4_only: 'yes', nfsd_args: '16' }, [...V4, '16']],
    [{ nfsv4_only: 'yes', nfsd_args: ' -T  -u 4 ' }, [...V4, '-T', '-u', '4']],
    [{ nfsv4_only: 'yes', nfsd_args: '-N 4.1' }, [...V4, '-N', '4.1', '8']],
    [{ nfsv4_only: 'yes', nfsd_args: '--port 20' }, [...V4, '--port', '20', '8']],
    [
      { nfsv4_only: 'yes', bind_address: '192.0.2.1', nfs_port: '20490' },
      ['--no-udp', '-N', '3', '-V', '4', '-p', '20490', '-H', '192.0.2.1', '8'],
    ],
    [{ nfsv4_only: 'yes', grace_period: '25', lease_lifetime: '3' }, [...V4, '-G', '25', '-L', '10', '8']],
    // That there is none can only be said to a server that runs.
    [{ nfsv4_only: 'yes', grace_period: '0' }, [...V4, '8']],
  ])('with %j', (given, expected) => {
    expect(nfsdArguments(paramsOf(given))).toEqual(expected);
  });
});

it('of rpc.mountd, which serves nobody where there is only version 4', () => {
  expect(mountdArguments(paramsOf({ nfsv4_only: 'yes', mountd_port: '5' }))).toEqual([
    '--no-udp',
    '-N',
    '2',
    '-N',
    '3',
  ]);
  expect(mountdArguments(paramsOf({ mountd_port: '20048' }))).toEqual(['--port', '20048']);
  expect(mountdArguments(paramsOf({}))).toEqual([]);
});

it('of rpc.statd', () => {
  const params = paramsOf({ statd_port: '1', statd_outgoing_port: '2' });
  expect(statdArguments(params, '/s')).toEqual([
    '--no-notify',
    '-P',
    '/s',
    '--port',
    '1',
    '--outgoing-port',
    '2',
  ]);
});

it('of sm-notify', () => {
  expect(notifyArguments(paramsOf({}), '/s')).toEqual(['-f', '-n', '-P', '/s']);
  expect(notifyArguments(paramsOf({ nfs_smnotify_retry_time: '3' }), '/s', '192.0.2.1')).toEqual([
    '-f',
    '-n',
    '-m',
    '3',
    '-P',
    '/s',
    '-v',
    '192.0.2.1',
  ]);
});

it('of a scope: no part of them is looked at by the shell', () => {
  const args = scopeArguments('cluster', ['/sbin/rpc.nfsd', '8']);
  expect(args.slice(-3)).toEqual(['cluster', '/sbin/rpc.nfsd', '8']);
  expect(args[3]).not.toContain('cluster');
});
