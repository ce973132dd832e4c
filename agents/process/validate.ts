import { stat } from 'node:fs/promises';
import { AgentFailure, OCF } from '../kit/index.ts';
import { accountOf, COMMANDS, environmentFor, programOf, wordsOf } from './application.ts';
import type { CheckName, Context } from './parameters.ts';

const CHECKS: readonly CheckName[] = ['ready', 'health', 'health10', 'health20'];

/** What types can't tell of the parameters; and of the machine where that may be looked at. */
export async function validate(context: Context): Promise<void> {
  const commands = COMMANDS.flatMap((name) => wordsOf(context, name).slice(0, 1));
  checkTogether(context);
  if (!context.mayLookAtHost) {
    return;
  }
  const env = await environmentFor(context, await accountOf(context));
  await checkPath(context, 'directory', (info) => info.isDirectory());
  await checkPath(context, 'http_ca_file', (info) => info.isFile());
  for (const program of commands) {
    await programOf(context, program, env);
  }
}

/** Parameters that say nothing without another one. */
function checkTogether({ params, isGiven }: Context): void {
  const refuse = (what: string): never => {
    throw new AgentFailure(OCF.ERR_CONFIGURED, what);
  };
  if (params.type === 'pidfile' && params.pidfile === undefined) {
    refuse('Expected the parameter pidfile with type=pidfile, got none');
  }
  for (const name of CHECKS) {
    for (const other of [`${name}_http_status`, `${name}_http_regex`] as const) {
      if (isGiven(other) && params[`${name}_http`] === undefined) {
        refuse(`Expected the parameter ${name}_http with ${other}, got none`);
      }
    }
  }
}

type Info = Awaited<ReturnType<typeof stat>>;

async function checkPath(
  { params }: Context,
  name: 'directory' | 'http_ca_file',
  isRight: (info: Info) => boolean,
): Promise<void> {
  const path = params[name];
  if (path === undefined) {
    return;
  }
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? 'EIO');
  if (typeof info === 'string' || !isRight(info)) {
    const got = typeof info === 'string' ? info : 'something else';
    const wanted = name === 'directory' ? 'a directory' : 'a file';
    throw new AgentFailure(
      OCF.ERR_ARGS,
      `Expected ${name} to be ${wanted}, got ${got} at ${path}: add it to the image`,
    );
  }
}
