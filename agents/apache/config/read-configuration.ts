import { basename, resolve } from 'node:path';
import { type AgentContext, areLocal } from '../../kit/index.ts';
import { askBinary, type Binary } from './binary.ts';
import { changed, type EnvironmentChange, listEnvfiles, readEnvfiles } from './envfiles.ts';
import { Facts, type RunDirectory } from './facts.ts';
import { findConfigFile, findHttpd } from './find.ts';
import { type Fingerprints, fingerprint, isUnchanged } from './fingerprint.ts';
import type { Listen } from './listen.ts';
import { readCommandLine, splitOptions } from './options.ts';
import { programOf } from './program.ts';
import { ConfigurationReader } from './reader.ts';

/** What the agent must know of an httpd and its configuration. */
export interface ApacheConfiguration {
  /** The program. */
  readonly httpd: string;
  /** The file that its processes execute; absent where `httpd` is a script, and the file only known to that. */
  readonly program?: string;
  /** The main file. */
  readonly configFile: string;
  readonly serverRoot: string;
  /** Absolute. */
  readonly pidFile: string;
  /** Else httpd must be told by `-c "PidFile …"`. */
  readonly isPidFileConfigured: boolean;
  /** Program, configuration and PID file are on file systems of this machine, and may be looked at at once. */
  readonly isLocal: boolean;
  /** In the order of the configuration. Where it has none: `port`, or 80. */
  readonly listens: readonly Listen[];
  /** The last Location that shows the server's status. */
  readonly statusPath?: string;
  /** That Location is in a file that came by IncludeOptional, as with Debian: the shell agent does not know it. */
  readonly isStatusOptional: boolean;
  /** The words of the parameter `options`. */
  readonly options: readonly string[];
  /** The agent's environment with what the envfiles make of it. */
  readonly env: Readonly<Record<string, string>>;
  /** That must be there before a start. */
  readonly runDirectories: readonly RunDirectory[];
  /** What httpd would refuse, as far as it was seen; `configtest` tells for certain. */
  readonly problems: readonly string[];
}

/** The agent's parameters that say where all this is; see its declaration. */
export interface ConfigurationParameters {
  readonly configfile?: string | undefined;
  readonly httpd?: string | undefined;
  readonly envfiles?: string | undefined;
  /** Where to ask a server whose configuration names no port. */
  readonly port?: number | undefined;
  readonly options?: string | undefined;
}

type Context = Pick<AgentContext<Record<never, never>>, 'run' | 'env' | 'cache' | 'instance' | 'leftMs'>;

/** What is learnt from files, and remembered until one of them changes. */
interface Learnt {
  readonly key: string;
  readonly fingerprints: Fingerprints;
  readonly environment: EnvironmentChange;
  readonly configuration: Omit<ApacheConfiguration, 'env'>;
}

const CACHE_NAME = 'apache.configuration';

/** What every httpd of this agent is started with, as by the shell agent. */
const OWN_DEFINES = ['STATUS'];

/**
 * Finds the program and its configuration and reads it, without asking the program wherever the configuration tells by
 * itself. As long as no file has changed, what is known in the cache is given, at the price of a stat a file.
 * @throws AgentFailure ERR_INSTALLED where program or configuration are missing, ERR_CONFIGURED for parameters that
 * can't be right anywhere
 */
export async function readConfiguration(
  context: Context,
  parameters: ConfigurationParameters,
): Promise<ApacheConfiguration> {
  const { configfile, httpd, envfiles, port, options } = parameters;
  const key = JSON.stringify([configfile, httpd, envfiles, port, options]);
  const known = context.cache.get(CACHE_NAME) as Learnt | undefined;
  const isKnown = known?.key === key && (await isUnchanged(known.fingerprints, known.configuration.isLocal));
  const learnt = isKnown ? known : await learn(context, parameters, key);
  context.cache.set(CACHE_NAME, learnt);
  return { ...learnt.configuration, env: changed(context.env, learnt.environment) };
}

async function learn(context: Context, parameters: ConfigurationParameters, key: string): Promise<Learnt> {
  const httpd = await findHttpd(parameters.httpd);
  const configFile = await findConfigFile(parameters.configfile);
  const envfiles = listEnvfiles(parameters.envfiles);
  const first = await Promise.all(
    [httpd, ...envfiles].map(async (path) => [path, await fingerprint(path)] as const),
  );
  const environment = await readEnvfiles(context, envfiles);
  const env = changed(context.env, environment);
  const facts = new Facts();
  const options = splitOptions(parameters.options);
  const { defines, before, after, serverRoot } = readCommandLine(options);
  let asked: Promise<Binary> | undefined;
  const binary = (): Promise<Binary> => {
    asked ??= askBinary(context, httpd, env);
    return asked;
  };
  const reader = new ConfigurationReader({
    env,
    defines: [...OWN_DEFINES, ...defines],
    serverRoot,
    binary,
    onDirective: (directive) => facts.add(directive),
  });
  await reader.readText(before.join('\n'), 'the parameter options');
  await reader.readFile(configFile);
  await reader.readText(after.join('\n'), 'the parameter options');
  const root = await reader.serverRoot();
  const hasTls =
    facts.isTlsMeant && (reader.modules.has('ssl_module') || (await binary()).modules.has('mod_ssl.c'));
  const listens = facts.listens(hasTls);
  const { statusPath } = facts;
  const pidFile = resolve(root, facts.pidFile ?? defaultPidFile(httpd, context.instance));
  const fingerprints = new Map([...first, ...reader.fingerprints]);
  const program = await programOf(httpd);
  return {
    key,
    fingerprints,
    environment,
    configuration: {
      httpd,
      ...(program === undefined ? {} : { program }),
      configFile,
      options,
      serverRoot: root,
      pidFile,
      isPidFileConfigured: facts.pidFile !== undefined,
      isLocal: await areLocal([...fingerprints.keys(), pidFile]),
      listens: listens.length > 0 ? listens : [{ port: parameters.port ?? 80, protocol: 'http' }],
      ...(statusPath === undefined ? {} : { statusPath }),
      isStatusOptional: facts.isStatusOptional,
      runDirectories: facts.runDirectories(root, env),
      problems: reader.problems,
    },
  };
}

/** As the shell agent has it. */
function defaultPidFile(httpd: string, instance: string): string {
  return `/var/run/${basename(httpd)}-${instance.replaceAll('/', '_')}.pid`;
}
