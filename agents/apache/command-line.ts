import type { Installation } from './installation.ts';

/** The words of httpd's command line, by which its processes are known again, too. */
export const launchWords = ({
  options,
  configFile,
  pidFile,
  isPidFileConfigured,
}: Installation): readonly string[] => [
  // As the original: a status page may wait for it.
  '-DSTATUS',
  ...options,
  '-f',
  configFile,
  ...(isPidFileConfigured ? [] : ['-c', `PidFile "${pidFile}"`]),
];
