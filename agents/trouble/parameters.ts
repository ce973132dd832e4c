import { constants } from 'node:fs';
import { access, appendFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type AgentContext,
  AgentFailure,
  OCF,
  type Parameter,
  type Parameters,
  string,
} from '../kit/index.ts';

/** Where what an action was given is written, as `ocf:pacemaker:Dummy` has it. */
export const envfile = string({
  short: 'File for the environment of each action',
  long: 'Each action appends its name and its environment to this file. Default: none.',
  isReloadable: true,
});

/** An agent that has it. */
export type Recorded = Parameters & { readonly envfile: Parameter<string | undefined> };

/** Appends the environment to `envfile`, if there is one. Where that can't be written, only a start fails: by `checkPlaces`. */
export async function recordEnvironment(
  context: Pick<AgentContext<Recorded>, 'params' | 'action' | 'env' | 'log'>,
): Promise<void> {
  const { envfile: path } = context.params;
  if (path !== undefined) {
    const lines = Object.entries(context.env).map(([name, value]) => `${name}=${value}`);
    // Passwords may be in it.
    const record = `### ${context.action}\n${lines.sort().join('\n')}\n###\n`;
    await appendFile(path, record, { mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      context.log.warn(`Expected the file ${path} (envfile) to be written, got ${error.code}`);
    });
  }
}

/** Where the state is: the file that was given, else one in a directory of the resource. */
export async function stateFile({
  params,
  stateDirectory,
}: Pick<AgentContext<Placed>, 'params' | 'stateDirectory'>): Promise<string> {
  return params.state ?? join(await stateDirectory(), 'state');
}

/** An agent that has both. */
export type Placed = Recorded & { readonly state: Parameter<string | undefined> };

/**
 * The validation of both agents: files have absolute paths, and directories that can be written to.
 * @throws AgentFailure ERR_CONFIGURED, ERR_ARGS
 */
export async function checkPlaces({
  params,
  mayLookAtHost,
}: Pick<AgentContext<Placed>, 'params' | 'mayLookAtHost'>): Promise<void> {
  for (const name of ['state', 'envfile'] as const) {
    const path = params[name];
    if (path !== undefined && !path.startsWith('/')) {
      throw new AgentFailure(OCF.ERR_CONFIGURED, `Expected ${name} to be an absolute path, got ${path}`);
    }
    if (path !== undefined && mayLookAtHost) {
      await access(dirname(path), constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
        const reason = `Expected a writable directory for ${name}=${path}, got ${error.code}; make it, or name another`;
        throw new AgentFailure(OCF.ERR_ARGS, reason);
      });
    }
  }
}
