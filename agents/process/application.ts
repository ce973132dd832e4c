import { resolve } from 'node:path';
import { AgentFailure, findProgram, OCF, readTextFile } from '../kit/index.ts';
import { type Account, findGroup, findUser } from './accounts.ts';
import type { Context } from './parameters.ts';
import { type Assignment, parseEnvironmentFile, splitWords } from './words.ts';

type CommandName =
  | 'command'
  | 'stop_command'
  | 'reload_command'
  | 'ready_exec'
  | 'health_exec'
  | 'health10_exec'
  | 'health20_exec';

/** Parameters that hold commands. */
export const COMMANDS: readonly CommandName[] = [
  'command',
  'stop_command',
  'reload_command',
  'ready_exec',
  'health_exec',
  'health10_exec',
  'health20_exec',
];

/** Variables that Pacemaker and Bundlet tell agents, and that are no business of an application. */
const OF_THE_CLUSTER = /^(OCF_|PCMK_|HA_|CRM_meta_|BUNDLET_|__OCF)/;

/** Where a shell that came before was: it is wrong in the application's directory. */
const OF_SHELLS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The words of a command, or those that hand it to a shell; none where it was not given.
 * @throws AgentFailure ERR_CONFIGURED
 */
export function wordsOf({ params }: Context, name: CommandName): readonly string[] {
  const text = params[name];
  if (text === undefined || text === '') {
    return [];
  }
  if (params.shell) {
    return ['/bin/sh', '-c', text];
  }
  const words = readWords(name, text);
  if (words[0] === undefined || words[0] === '') {
    throw new AgentFailure(
      OCF.ERR_CONFIGURED,
      `Expected the parameter ${name} to name a program, got blanks`,
    );
  }
  return words;
}

function readWords(name: CommandName, text: string): readonly string[] {
  try {
    return splitWords(text);
  } catch (error) {
    const reason = `Expected the parameter ${name} to be ${(error as Error).message}, got ${JSON.stringify(text)}`;
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
}

/**
 * As whom the application runs; undefined: as the agent.
 * @throws AgentFailure ERR_ARGS, ERR_PERM
 */
export async function accountOf({ params: { user, group } }: Context): Promise<Account | undefined> {
  const account = user === undefined ? undefined : await findUser(user);
  if (user !== undefined && account === undefined) {
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected the user ${user} in /etc/passwd, got none: add it to the image`,
    );
  }
  const gid = group === undefined ? undefined : await findGroup(group);
  if (group !== undefined && gid === undefined) {
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected the group ${group} in /etc/group, got none: add it to the image`,
    );
  }
  const [ownUid, ownGid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  if (account === undefined && gid === undefined) {
    return undefined;
  }
  const base = account ?? { uid: ownUid, gid: ownGid, groups: [] };
  const wanted = gid === undefined ? base : { ...base, gid, groups: [...new Set([gid, ...base.groups])] };
  if (ownUid !== 0 && (wanted.uid !== ownUid || wanted.gid !== ownGid)) {
    const reason = `Expected to be root to run as ${[user, group].filter(Boolean).join(':')}, got user ${ownUid}`;
    throw new AgentFailure(OCF.ERR_PERM, reason);
  }
  return wanted;
}

/**
 * Variables of the application and of what helps it: the container's, the account's, those of the file, those of the
 * parameter.
 * @throws AgentFailure ERR_ARGS, ERR_CONFIGURED
 */
export async function environmentFor(
  context: Context,
  account: Account | undefined,
): Promise<Readonly<Record<string, string>>> {
  const ofContainer = Object.entries(context.env).filter(
    ([name]) => !OF_THE_CLUSTER.test(name) && !OF_SHELLS.has(name),
  );
  const { entry } = account ?? {};
  const ofAccount =
    entry === undefined
      ? {}
      : { USER: entry.name, LOGNAME: entry.name, HOME: entry.home, SHELL: entry.shell };
  return {
    PATH: DEFAULT_PATH,
    ...Object.fromEntries(ofContainer),
    ...ofAccount,
    ...Object.fromEntries(await fileAssignments(context)),
    ...Object.fromEntries(context.params.environment),
  };
}

async function fileAssignments({ params }: Context): Promise<readonly Assignment[]> {
  const { environment_file: path } = params;
  if (path === undefined) {
    return [];
  }
  const text = await readTextFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new AgentFailure(OCF.ERR_ARGS, `Expected to read the environment_file ${path}, got ${error.code}`);
  });
  try {
    return parseEnvironmentFile(text);
  } catch (error) {
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected ${(error as Error).message} in the environment_file ${path}, got something else`,
    );
  }
}

/**
 * The file that a command's first word names: a path, seen from the directory, or a name that PATH leads to.
 * @throws AgentFailure ERR_INSTALLED
 */
export async function programOf(
  { params }: Context,
  word: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const name = word.includes('/') ? resolve(params.directory ?? '/', word) : word;
  const path = await findProgram(name, env);
  if (path === undefined) {
    const where = word.includes('/') ? name : `${word} in PATH`;
    const reason = `Expected a program ${where}, got none that may be executed: install it in the image`;
    throw new AgentFailure(OCF.ERR_INSTALLED, reason);
  }
  return path;
}
