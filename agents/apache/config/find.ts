import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AgentFailure, OCF } from '../../kit/index.ts';

/** Where a configuration is looked for, in this order. */
export const DEFAULT_CONFIG_FILES: readonly string[] = [
  '/etc/apache2/httpd.conf',
  '/etc/apache2/apache2.conf',
  '/etc/httpd/conf/httpd.conf',
];

/** Where the program is looked for, in this order; the last six are SUSE's, one for each way to work. */
export const DEFAULT_PROGRAMS: readonly string[] = [
  '/sbin/httpd2',
  '/usr/sbin/httpd2',
  '/usr/sbin/apache2',
  '/sbin/httpd',
  '/usr/sbin/httpd',
  '/usr/sbin/apache',
  '/opt/IBMHTTPServer/bin/httpd',
  '/usr/sbin/httpd-prefork',
  '/usr/sbin/httpd-worker',
  '/usr/sbin/httpd-event',
  '/usr/sbin/httpd2-prefork',
  '/usr/sbin/httpd2-worker',
  '/usr/sbin/httpd2-event',
];

/** Why a path is no file that can be used so; undefined if it is one. */
async function fault(path: string, mode: number): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isFile()) {
      return 'something else';
    }
    await access(path, mode);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'none' : `${code}`;
  }
}

async function find(
  what: string,
  mode: number,
  wanted: string | undefined,
  places: readonly string[],
): Promise<string> {
  if (wanted !== undefined) {
    if (!isAbsolute(wanted)) {
      throw new AgentFailure(OCF.ERR_CONFIGURED, `Expected an absolute path of ${what}, got "${wanted}"`);
    }
    const got = await fault(wanted, mode);
    if (got !== undefined) {
      throw new AgentFailure(
        OCF.ERR_INSTALLED,
        `Expected ${what} at ${wanted}, got ${got}: check the parameter`,
      );
    }
    return wanted;
  }
  for (const place of places) {
    if ((await fault(place, mode)) === undefined) {
      return place;
    }
  }
  const reason = `Expected ${what} at ${places.join(', ')}, got none: install Apache httpd, or give the path`;
  throw new AgentFailure(OCF.ERR_INSTALLED, reason);
}

/**
 * The program: the one that is wanted and no other, or the first that is there.
 * @throws AgentFailure ERR_INSTALLED if there is none, ERR_CONFIGURED for a relative path
 */
export const findHttpd = (wanted?: string): Promise<string> =>
  find('the program httpd', constants.X_OK, wanted, DEFAULT_PROGRAMS);

/**
 * The main configuration: the one that is wanted and no other, or the first that is there.
 * @throws AgentFailure ERR_INSTALLED if there is none, ERR_CONFIGURED for a relative path
 */
export const findConfigFile = (wanted?: string): Promise<string> =>
  find('the configuration file', constants.R_OK, wanted, DEFAULT_CONFIG_FILES);
