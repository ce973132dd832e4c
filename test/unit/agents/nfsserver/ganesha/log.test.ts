import { describe, expect, it } from 'vitest';
import { firstFault } from '../../../../../agents/nfsserver/ganesha/log.ts';

const line = (text: string): string => `22/11/2026 21:32:29 : epoch 6b035f6d : vm : ganesha.nfsd-13${text}\n`;

// As Ganesha 4.3 writes it at every start that succeeds, without D-Bus, rpcbind and Kerberos.
const USUAL = [
  '[main] main :MAIN :EVENT :nfs-ganesha Starting: Ganesha Version 4.3',
  '[main] load_rados_config :CONFIG :WARN :Missing RADOS URLs backend library',
  '[main] client_commit :CONFIG :WARN :A protocol is specified for a CLIENT block that is not enabled in NFS_CORE_PARAM, fixing up',
  '[main] gsh_dbus_pkginit :DBUS :CRIT :dbus_bus_get failed (Failed to connect to socket)',
  '[main] __Register_program :DISP :MAJ :Cannot register NFS V4 on TCP',
  '[main] gssd_refresh_krb5_machine_credential :NFS CB :CRIT :ERROR: gssd_refresh_krb5_machine_credential: no usable keytab',
  '[main] nfs_Init_svc :DISP :CRIT :Cannot acquire credentials for principal nfs',
].map(line);

describe('firstFault', () => {
  it.each([
    [
      '[main] Bind_sockets_V6 :DISP :WARN :Cannot bind NFS tcp6 socket, error 98 (Address already in use)',
      'Cannot bind NFS tcp6 socket, error 98 (Address already in use)',
    ],
    [
      '[main] ganesha_yyerror :CONFIG :CRIT :Config file (/run/g/c:1) error: syntax error\n',
      'Config file (/run/g/c:1) error: syntax error',
    ],
    ['[main] __Register_program :DISP :MAJ :Cannot register NFS V3 on UDP', 'Cannot register NFS V3 on UDP'],
  ])('finds %s', (text, expected) => {
    const later = line('[main] Bind_sockets :DISP :FATAL :Error binding to V6 interface. Cannot continue.');
    expect(firstFault(`${USUAL.join('')}${line(text)}${later}`)).toBe(expected);
  });

  it('takes the usual complaints for nothing', () => {
    expect(firstFault(USUAL.join(''))).toBeUndefined();
    expect(firstFault('')).toBeUndefined();
    expect(firstFault('no line of a log: CRIT')).toBeUndefined();
  });
});
