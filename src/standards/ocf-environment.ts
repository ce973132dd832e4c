import type { Action } from './action.ts';
import { EXIT_REASON_PREFIX } from './exit-reason.ts';

/** The parameter that agents get under its own name [OCF-1.1 Check Levels, protocol 5.12]. */
const CHECK_LEVEL = 'OCF_CHECK_LEVEL';

/** What an OCF agent finds in its environment beside the daemon's own [protocol 5.12]. */
export function ocfEnvironment(action: Action, ocfRoot: string): Record<string, string> {
  const env: Record<string, string> = {
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RA_VERSION_MINOR: '1',
    OCF_ROOT: ocfRoot,
    OCF_EXIT_REASON_PREFIX: EXIT_REASON_PREFIX,
    OCF_RESOURCE_INSTANCE: action.rsc.id,
    OCF_RESOURCE_TYPE: action.rsc.type,
    OCF_RESOURCE_PROVIDER: action.rsc.provider ?? '',
  };
  for (const [name, value] of action.parameters) {
    env[name === CHECK_LEVEL ? CHECK_LEVEL : `OCF_RESKEY_${name}`] = value;
  }
  return env;
}
