import type { TesterRow } from '../ocf-tester-row.ts';

// On a tmpfs, which /run is in the tool's namespaces: Ganesha can't export overlayfs.
export const row: TesterRow = {
  parameters: {
    engine: 'ganesha',
    nfsv4_only: 'yes',
    export_path: '/run/exported',
    pseudo: '/data',
    clients: '192.0.2.0/24',
    nfs_shared_infodir: '/run/shared',
    grace_period: '0',
  },
  setUp: 'mkdir -p /run/exported /run/shared',
  optional: ['the notify action', 'the demote action', 'the promote action', 'promotable clones'],
};
