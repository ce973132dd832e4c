/** The process's environment, given in rather than looked up. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A Pacemaker option: `PCMK_name`, or `HA_name` where the first is not set; empty counts as not set. */
export function pcmkOption(env: Environment, name: string): string | undefined {
  return [env[`PCMK_${name}`], env[`HA_${name}`]].find((value) => value !== undefined && value !== '');
}

/** Ours, and those of our runtime: agents must not see them [protocol, pitfall 41; tls.md 5.7]. */
const HIDDEN_PREFIXES = ['BUNDLET_', 'NODE_', 'UV_'];
const HIDDEN_NAMES: ReadonlySet<string> = new Set(['NOTIFY_SOCKET', 'SSLKEYLOGFILE', 'GNUTLS_DEBUG_LEVEL']);

/** Where `pcmk-init` lists the variables that it set for our runtime's sake only. */
const RUNTIME_LIST = 'BUNDLET_RUNTIME_ENV';

/**
 * What every agent inherits: the daemon's environment without our runtime's variables, and the log settings that
 * `ocf_log` of the resource-agents looks at [protocol 5.12].
 */
export function agentEnvironment(env: Environment, isDebugging: boolean): Record<string, string> {
  const hidden = new Set([...HIDDEN_NAMES, ...(env[RUNTIME_LIST] ?? '').split(':')]);
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (
      value !== undefined &&
      !hidden.has(name) &&
      !HIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix))
    ) {
      kept[name] = value;
    }
  }
  kept['PCMK_service'] = 'pacemaker-remoted';
  const facility = pcmkOption(env, 'logfacility') ?? 'daemon';
  const logFile = pcmkOption(env, 'logfile');
  if (facility !== 'none' && facility !== '/dev/null') {
    both(kept, 'LOGFACILITY', facility);
  }
  if (logFile !== undefined && logFile !== 'none') {
    both(kept, 'LOGFILE', logFile);
    if (isDebugging) {
      both(kept, 'DEBUGLOG', logFile);
    }
  }
  return kept;
}

function both(env: Record<string, string>, name: string, value: string): void {
  env[`PCMK_${name}`] = value;
  env[`HA_${name}`] = value;
}
