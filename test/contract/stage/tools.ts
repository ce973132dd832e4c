import { existsSync } from 'node:fs';

const TOOLS = ['crm_node', 'attrd_updater', 'cibadmin', 'crmadmin'];

/** Why Pacemaker's own tools can't be run beside a daemon here, if they can't. */
export function toolsMissing(): string | undefined {
  if (process.getuid?.() !== 0) {
    return 'Local tools take their files from root alone; this is not root';
  }
  const missing = TOOLS.filter((name) => !existsSync(`/usr/sbin/${name}`));
  return missing.length === 0 ? undefined : `${missing.join(', ')} of pacemaker-cli-utils are not installed`;
}
