import { stat } from 'node:fs/promises';
import { HttpFailure, httpGet, TcpFailure, tcpConnect } from '../kit/index.ts';
import { wordsOf } from './application.ts';
import type { CheckName, Context } from './parameters.ts';
import { type Command, runBeside } from './shim.ts';

/** A check that did not hold, in one line. */
export type Fault = string;

/** What is read of a page. */
const BODY_LIMIT_BYTES = 1024 * 1024;
/** What is kept of the action's time to tell of a check that took too long. */
const RESERVE_MS = 200;

/** Whether checks of that name were given. */
export function hasChecks({ params }: Context, name: CheckName): boolean {
  return [params[`${name}_exec`], params[`${name}_http`], params[`${name}_tcp`], params[`${name}_file`]].some(
    (value) => value !== undefined,
  );
}

/** Runs the checks of that name, one after the other, cheap ones first; what the first says that does not hold. */
export async function check(context: Context, name: CheckName): Promise<Fault | undefined> {
  return (
    (await checkFile(context, name)) ??
    (await checkTcp(context, name)) ??
    (await checkHttp(context, name)) ??
    (await checkCommand(context, name))
  );
}

const limitMs = ({ params, leftMs }: Context): number =>
  Math.max(1, Math.min(params.check_timeout, leftMs() - RESERVE_MS));

async function checkFile({ params }: Context, name: CheckName): Promise<Fault | undefined> {
  const path = params[`${name}_file`];
  if (path === undefined) {
    return undefined;
  }
  return stat(path).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => `Expected ${name}_file ${path} to be there, got ${error.code}`,
  );
}

async function checkTcp(context: Context, name: CheckName): Promise<Fault | undefined> {
  const address = context.params[`${name}_tcp`];
  if (address === undefined) {
    return undefined;
  }
  try {
    await tcpConnect({ ...address, timeoutMs: limitMs(context), signal: context.signal });
    return undefined;
  } catch (error) {
    return faultOf(error, TcpFailure);
  }
}

async function checkHttp(context: Context, name: CheckName): Promise<Fault | undefined> {
  const { params, signal } = context;
  const url = params[`${name}_http`];
  if (url === undefined) {
    return undefined;
  }
  const { http_socket: socketPath, http_ca_file: caFile, http_insecure: isInsecure } = params;
  try {
    const { status, body } = await httpGet({
      url,
      ...(socketPath === undefined ? {} : { socketPath }),
      tls: { ...(caFile === undefined ? {} : { caFile }), ...(isInsecure ? { isInsecure } : {}) },
      maxRedirects: 0,
      maxBodyBytes: BODY_LIMIT_BYTES,
      timeoutMs: limitMs(context),
      signal,
    });
    return judgePage(context, name, { status, body });
  } catch (error) {
    return faultOf(error, HttpFailure);
  }
}

function judgePage(
  { params }: Context,
  name: CheckName,
  { status, body }: { readonly status: number; readonly body: string },
): Fault | undefined {
  const statuses = params[`${name}_http_status`];
  const pattern = params[`${name}_http_regex`];
  if (!statuses.some(({ from, to }) => status >= from && status <= to)) {
    const wanted = statuses.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(',');
    return `Expected ${name}_http ${params[`${name}_http`]} to answer with ${wanted}, got ${status}`;
  }
  return pattern === undefined || pattern.test(body)
    ? undefined
    : `Expected the page of ${name}_http ${params[`${name}_http`]} to match ${pattern.text}, got none of it`;
}

async function checkCommand(context: Context, name: CheckName): Promise<Fault | undefined> {
  if (context.params[`${name}_exec`] === undefined) {
    return undefined;
  }
  const fault = await runCommand(context, `${name}_exec`, { timeoutMs: limitMs(context) });
  return fault === undefined ? undefined : `Expected ${fault}`;
}

/** Runs the command of a parameter in the application's world; what went wrong, or undefined. */
export async function runCommand(
  context: Context,
  name: 'stop_command' | 'reload_command' | `${CheckName}_exec`,
  options: Omit<Command, 'words'>,
): Promise<string | undefined> {
  const words = wordsOf(context, name);
  const { code, signal, errno, isTimedOut, stdout, stderr } = await runBeside(context, { words, ...options });
  if (code === 0) {
    return undefined;
  }
  const got = isTimedOut
    ? `no end within ${Math.round(options.timeoutMs)} ms`
    : (errno ?? signal ?? `status ${code}`);
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return `${name} (${words[0]}) to end with status 0, got ${got}${said === '' ? '' : `: ${said.slice(0, 200)}`}`;
}

/** Failures of a check are what it found; everything else is the action's end, or a mistake of ours. */
function faultOf(error: unknown, expected: new (...args: never[]) => Error): Fault {
  if (error instanceof expected) {
    return error.message;
  }
  throw error;
}
