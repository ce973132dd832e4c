import { access, constants } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { AgentFailure, compileEre, OCF } from '../kit/index.ts';
import { testsOf } from './checks.ts';
import { parseClientOptions } from './client-options.ts';
import { type ApacheConfiguration, configtest } from './config/index.ts';
import { configurationOf } from './knowledge.ts';
import type { Context } from './parameters.ts';
import { checkOptions } from './words.ts';

/** What httpd says of a directory that is not there. */
const MISSING_DIRECTORY = /must be a valid directory|No such file or directory/;

type Reader = (text: string) => unknown;

/**
 * Readers throw TypeError with what was expected. Not in the declaration: a stop that went on with the default in the
 * place of a wrong `configfile` would meet another server.
 */
const READERS: Readonly<Partial<Record<keyof Context['params'], Reader>>> = {
  configfile: absolutePath,
  httpd: absolutePath,
  testregex: (text) => compileEre(text, { ignoreCase: true }),
  testregex10: (text) => compileEre(text, { ignoreCase: true }),
  options: checkOptions,
};

/** What types can't tell of the parameters; see `AgentDeclaration.validate`. */
export async function validate(context: Context): Promise<void> {
  checkTexts(context);
  const { params, log } = context;
  if (params.testregex10 !== undefined && params.testurl === undefined && params.testconffile === undefined) {
    throw new AgentFailure(OCF.ERR_CONFIGURED, 'Expected testurl beside testregex10, got none: set it');
  }
  if (params.testname !== undefined && params.testconffile === undefined) {
    log.warn('testname means nothing without testconffile');
  }
  if (context.mayLookAtHost) {
    await checkHost(context);
  }
}

function checkTexts({ params }: Context): void {
  for (const [name, read] of Object.entries(READERS)) {
    const text = params[name as keyof typeof READERS];
    if (typeof text !== 'string') {
      continue;
    }
    try {
      read(text);
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      const reason = `Expected the parameter ${name} to be ${error.message}, got ${JSON.stringify(text.slice(0, 100))}`;
      throw new AgentFailure(OCF.ERR_CONFIGURED, reason, { cause: error });
    }
  }
}

async function checkHost(context: Context): Promise<void> {
  const { params, log } = context;
  const configuration = await configurationOf(context);
  if (params.testconffile !== undefined) {
    for (const { name, client_opts = '' } of await testsOf(context)) {
      const { unknown } = parseClientOptions(client_opts);
      if (unknown.length > 0) {
        log.warn(`Test ${name}: client_opts that mean nothing here: ${unknown.join(' ')}`);
      }
    }
  }
  if (params.ca_file !== undefined) {
    await access(params.ca_file, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      const reason = `Expected the file ${params.ca_file} (ca_file) to be readable, got ${error.code}`;
      throw new AgentFailure(OCF.ERR_ARGS, reason, { cause: error });
    });
  }
  // A start does it when the directories are there that the configuration needs.
  if (context.action === 'validate-all') {
    await configtest(context, configuration).catch((error: unknown) =>
      excuseDirectories(context, configuration, error),
    );
  }
}

/** Before its first start a fresh container has no directories for PID files and locks: httpd refuses that, a start makes them. */
async function excuseDirectories(
  { log }: Context,
  { runDirectories }: ApacheConfiguration,
  error: unknown,
): Promise<void> {
  if (!(error instanceof AgentFailure) || !MISSING_DIRECTORY.test(error.message)) {
    throw error;
  }
  const isThere = await Promise.all(
    runDirectories.map(({ path }) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  const missing = runDirectories.filter((_, index) => !isThere[index]).map(({ path }) => path);
  if (missing.length === 0) {
    throw error;
  }
  log.warn(
    `The configuration is tested by a start only, which makes ${missing.join(', ')}: ${error.message}`,
  );
}

function absolutePath(text: string): void {
  if (!isAbsolute(text) || text.includes('\0')) {
    throw new TypeError('an absolute path');
  }
}
