import type { TesterRow } from '../ocf-tester-row.ts';

/** With the configuration that Debian installs. */
export const row: TesterRow = {
  parameters: { configfile: '/etc/apache2/apache2.conf' },
  setUp: 'mkdir -p /run/lock; mount -t tmpfs none /var/log/apache2',
  optional: ['the notify action', 'the demote action', 'the promote action', 'promotable clones'],
};
