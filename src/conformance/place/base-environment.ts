/** Where programs of the system lie; agents expect them there whatever people have in their own `PATH`. */
const SYSTEM_PATH = [...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']];

/** All that programs of a check inherit: where programs are, a home, and the language. */
export function agentBase(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const own = (env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  const { LANG } = env;
  return {
    PATH: [...new Set([...own, ...SYSTEM_PATH])].join(':'),
    HOME: env['HOME'] ?? '/',
    ...(LANG === undefined ? {} : { LANG }),
  };
}
