import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../../../agents/kit/read-parameters.ts';
import { exportsOf } from '../../../../../agents/nfsserver/exports.ts';
import { renderConfiguration } from '../../../../../agents/nfsserver/ganesha/configuration.ts';
import { type NfsContext, parameters } from '../../../../../agents/nfsserver/parameters.ts';
import { agentEnv } from '../../../../helpers/agent-host.ts';

function render(given: Readonly<Record<string, string>>): string {
  const { values, faults } = readParameters(parameters, { env: agentEnv(given), instance: 'nfs' });
  expect(faults).toEqual([]);
  const params = values as NfsContext['params'];
  const exports = exportsOf(params);
  return renderConfiguration(params, { exports, recoveryRoot: '/state', ownAddresses: ['127.0.0.1'] });
}

const EXPORT = { export_path: '/srv/a b', clients: '192.0.2.0/24,@hosts' };

describe('renderConfiguration', () => {
  it('asks for one protocol in the core too: else v3 is registered', () => {
    expect(render({ ...EXPORT, nfsv4_only: 'yes', mountd_port: '20048' })).toMatch(
      /NFS_CORE_PARAM \{\n {2}Protocols = 4;\n[^}]*Enable_NLM = false;\n {2}Enable_RQUOTA = false;\n\}/,
    );
    expect(render({ ...EXPORT, mountd_port: '20048', rquotad_port: '875' })).toMatch(
      /Protocols = 3, 4;[^}]*Enable_RQUOTA = true;[^}]*MNT_Port = 20048;[^}]*Rquota_Port = 875;/,
    );
  });

  it('gives nothing to whom no block names, and root only to the health check', () => {
    const text = render({ ...EXPORT, access_type: 'RO' });
    expect(text).toContain('  Path = "/srv/a b";\n  Pseudo = "/srv/a b";\n  Access_Type = None;\n');
    const [own, others, ...more] = text.split('\n').filter((line) => line.includes('CLIENT'));
    expect(own).toMatch(
      /Clients = 127\.0\.0\.1;.*Access_Type = RO; Squash = No_Root_Squash; PrivilegedPort = true;/,
    );
    expect(others).toMatch(/Clients = 192\.0\.2\.0\/24, @hosts;.*Access_Type = RO; Squash = Root_Squash;/);
    expect(more).toEqual([]);
  });

  it('has a block for each export, with its own values or the one for all', () => {
    const text = render({
      export_path: '/a;/b',
      export_id: '7;9',
      pseudo: '/x;/y',
      clients: '*',
      squash: 'all_squash;no_root_squash',
      sectype: 'krb5,krb5p',
    });
    expect(text.match(/Export_Id = \d+/g)).toEqual(['Export_Id = 7', 'Export_Id = 9']);
    expect(text.match(/Pseudo = "[^"]*"/g)).toEqual(['Pseudo = "/x"', 'Pseudo = "/y"']);
    expect(text).toMatch(/Clients = \*;.*Squash = All_Squash; SecType = krb5, krb5p;/);
    expect(text).toMatch(/Clients = \*;.*Squash = No_Root_Squash; SecType = krb5, krb5p;/);
    expect(text).not.toContain('Active_krb5');
  });

  it.each([
    [{}, /NFSV4 \{\n {2}RecoveryBackend = fs;/],
    [{ grace_period: '0' }, /Graceless = true;/],
    [{ grace_period: '20', lease_lifetime: '10' }, /Grace_Period = 20;\n {2}Lease_Lifetime = 10;/],
    [{ nfs_server_scope: 'cluster-1' }, /Server_Scope = "cluster-1";/],
    [{ bind_address: '192.0.2.1' }, /Bind_Addr = 192\.0\.2\.1;/],
    [{}, /NFS_KRB5 \{\n {2}Active_krb5 = false;/],
  ])('has %j', (given, expected) => {
    expect(render({ ...EXPORT, ...given })).toMatch(expected);
  });
});
