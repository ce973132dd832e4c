import { AgentFailure, findProgram, OCF } from '../kit/index.ts';
import { ask, askByProgram, type Trouble } from './ask.ts';
import { parseClientOptions } from './client-options.ts';
import type { Installation } from './installation.ts';
import type { Context } from './parameters.ts';
import { chooseTest, readTestFile, type WebTest } from './test-file.ts';
import { originOf, resolveUrl } from './urls.ts';
import { splitWords } from './words.ts';

/** Parameters each of which says what a healthy answer is [heartbeat apache: attempt_index_monitor_request]. */
const SAYS_WHAT_IS_RIGHT = [
  'statusurl',
  'testregex',
  'testurl',
  'testregex10',
  'testconffile',
  'http_status',
] as const;

/** Clients whose part the agent plays itself. */
const OWN_CLIENTS: ReadonlySet<string> = new Set(['curl', 'wget']);

/** What the original calls the tests of level 10 to itself. */
const isTestConfigured = ({ isGiven }: Context): boolean =>
  (['testconffile', 'testurl', 'testregex10'] as const).some((name) => isGiven(name));

/** Asks the server at the action's check level, and gives what is wrong, if anything is. */
export function check(context: Context, installation: Installation): Promise<Trouble | undefined> {
  return context.checkLevel >= 10 && isTestConfigured(context)
    ? checkTest(context, installation)
    : checkBasic(context, installation);
}

/** Level 0. */
function checkBasic(context: Context, installation: Installation): Promise<Trouble | undefined> {
  const { params, isGiven } = context;
  const isAnyAnswerRight = !SAYS_WHAT_IS_RIGHT.some((name) => isGiven(name));
  // Who says what the answer must be like has said it of the page that the original asks for.
  const isStatusAsked = isAnyAnswerRight || !installation.isStatusOptional;
  const path = params.statusurl ?? (isStatusAsked ? installation.statusPath : undefined) ?? '/';
  return ask(context, {
    url: resolveUrl(path, originOf(installation, context)),
    regex: params.testregex,
    isAnyAnswerRight,
  });
}

/** Level 10: one test; the file goes before the parameters. Level 20: all of the file. */
async function checkTest(context: Context, installation: Installation): Promise<Trouble | undefined> {
  for (const test of await testsOf(context)) {
    const trouble = await runTest(context, installation, test);
    if (trouble !== undefined) {
      const name = test.name === '' ? '' : `Test ${test.name}: `;
      return { ...trouble, reason: `${name}${trouble.reason}` };
    }
  }
  return undefined;
}

/**
 * The tests that the parameters name.
 * @throws AgentFailure ERR_CONFIGURED, ERR_INSTALLED
 */
export async function testsOf(context: Context): Promise<readonly WebTest[]> {
  const { testconffile, testname, testurl, testregex10 } = context.params;
  if (testconffile === undefined) {
    if (testurl === undefined) {
      throw new AgentFailure(OCF.ERR_CONFIGURED, 'Expected testurl beside testregex10, got none: set it');
    }
    return [{ name: '', url: testurl, ...(testregex10 === undefined ? {} : { match: testregex10 }) }];
  }
  const tests = await readTestFile(testconffile);
  const chosen = chooseTest(tests, testname, testconffile);
  const all = context.checkLevel >= 20 && testname === undefined ? tests : [chosen];
  for (const test of all) {
    checkSense(test, testconffile);
  }
  return all;
}

/** [heartbeat http-mon.sh: is_testconf_sane] */
function checkSense({ name, url, match, user, password }: WebTest, file: string): void {
  const missing =
    url === undefined || url === '' ? 'url' : match === undefined || match === '' ? 'match' : undefined;
  if (missing !== undefined) {
    const reason = `Expected a line ${missing} in the test ${name} of ${file}, got none`;
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
  if ((user ?? '') === '' ? (password ?? '') !== '' : (password ?? '') === '') {
    const reason = `Expected both user and password, or none, in the test ${name} of ${file}, got one`;
    throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
  }
}

async function runTest(
  context: Context,
  installation: Installation,
  { url: asked = '', match, user, password, client = context.params.client ?? '', client_opts = '' }: WebTest,
): Promise<Trouble | undefined> {
  const url = resolveUrl(asked, originOf(installation, context));
  if (client !== '' && !OWN_CLIENTS.has(client)) {
    const path = await findProgram(client, context.env);
    if (path !== undefined) {
      const program = { path, args: [...splitWords(client_opts), url] };
      return askByProgram(context, { program, url, regex: match ?? '' });
    }
    context.log.debug(`The client ${client} is not here: asking without it`);
  }
  return ask(context, {
    url,
    ...(match === undefined ? {} : { regex: match }),
    ...(user === undefined || user === '' ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    options: parseClientOptions(client_opts),
  });
}
