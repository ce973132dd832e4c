import { type AgentContext, AgentFailure, OCF } from '../../kit/index.ts';

/** What an httpd was built with. */
export interface Binary {
  /** HTTPD_ROOT: ServerRoot where none is configured. */
  readonly serverRoot: string;
  /** Such as `2.4.62`. */
  readonly version: string;
  /** Source files of modules that are part of it, such as `http_core.c`. */
  readonly modules: ReadonlySet<string>;
}

type Runner = Pick<AgentContext<Record<never, never>>, 'run'>;

/**
 * Asks the program itself, twice; takes 10 ms or more, so ask only if you must know.
 * @throws AgentFailure ERR_INSTALLED if it does not answer as an httpd does
 */
export async function askBinary(
  { run }: Runner,
  httpd: string,
  env: Readonly<Record<string, string>>,
): Promise<Binary> {
  const [about, list] = await Promise.all(
    // -V reads a configuration to tell of its MPM, and fails without one, after all else has been told.
    [['-V', '-f', '/dev/null'], ['-l']].map((args) => run({ path: httpd, args, env })),
  );
  const [, version] = /Apache\/([0-9.]+)/.exec(about?.stdout ?? '') ?? [];
  if (about === undefined || list?.code !== 0 || version === undefined) {
    const got = about?.errno ?? (about?.stdout.trim().split('\n')[0] || `exit status ${about?.code}`);
    throw new AgentFailure(OCF.ERR_INSTALLED, `Expected ${httpd} -V to tell of an Apache httpd, got ${got}`);
  }
  const [, serverRoot = '/'] = /-D HTTPD_ROOT="(.*)"/.exec(about.stdout) ?? [];
  return {
    serverRoot,
    version,
    modules: new Set(list.stdout.match(/^\s+\S+\.c$/gm)?.map((name) => name.trim())),
  };
}
