import { join } from 'node:path';

/** Where systemd looks for what shall not outlive a boot. */
export const RUNTIME_UNITS = '/run/systemd/system';

const FILE = '50-pacemaker.conf';

/**
 * Pacemaker's word on a unit while the cluster runs it: when the machine goes down the cluster's agent stops first, and
 * systemd starts nothing anew behind the cluster's back [protocol 5.13, drop-in].
 */
function content(unit: string): string {
  const lines = [
    '[Unit]',
    `Description=Cluster Controlled ${unit}`,
    'Before=pacemaker.service pacemaker_remote.service',
  ];
  const service = unit.endsWith('.service') ? ['', '[Service]', 'Restart=no'] : [];
  return `${[...lines, ...service].join('\n')}\n`;
}

/**
 * Writes the drop-in of a unit. systemd sees it after the next daemon reload.
 * @throws the error of the file system
 */
export async function writeDropIn(directory: string, unit: string): Promise<void> {
  const { chmod, mkdir, writeFile } = await import('node:fs/promises');
  const folder = join(directory, `${unit}.d`);
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') {
      throw error;
    }
  });
  // Everybody may read it, whatever our umask is.
  await chmod(folder, 0o755);
  const file = join(folder, FILE);
  await writeFile(file, content(unit));
  await chmod(file, 0o644);
}

/**
 * Takes the drop-in of a unit away, and its directory if nothing else is in it; false if there was none.
 * @throws the error of the file system
 */
export async function removeDropIn(directory: string, unit: string): Promise<boolean> {
  const { rmdir, unlink } = await import('node:fs/promises');
  const folder = join(directory, `${unit}.d`);
  try {
    await unlink(join(folder, FILE));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') {
      return false;
    }
    throw error;
  }
  // Somebody else's drop-in may be there as well.
  await rmdir(folder).catch(() => undefined);
  return true;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
