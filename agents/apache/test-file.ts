import { readFile } from 'node:fs/promises';
import { AgentFailure, OCF } from '../kit/index.ts';

/** One test of a `testconffile`; keywords as there. */
export interface WebTest {
  readonly name: string;
  readonly url?: string;
  readonly match?: string;
  readonly user?: string;
  readonly password?: string;
  readonly client?: string;
  readonly client_opts?: string;
}

const KEYWORDS: ReadonlySet<string> = new Set(['url', 'match', 'user', 'password', 'client', 'client_opts']);

/**
 * Reads a file of tests: `test NAME`, then keywords with values, then `end`; lines that begin with `#` are comments, what
 * is outside of tests is left alone, and so are the values, to the end of their lines.
 * @throws AgentFailure ERR_INSTALLED if it can't be read, as the original; ERR_CONFIGURED if it is wrong
 */
export async function readTestFile(path: string): Promise<readonly WebTest[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = `Expected the test configuration file ${path} (testconffile) to be readable, got ${error.code}`;
    throw new AgentFailure(OCF.ERR_INSTALLED, reason, { cause: error });
  });
  return parseTestFile(text, path);
}

/** See `readTestFile`. */
export function parseTestFile(text: string, path: string): readonly WebTest[] {
  const tests: WebTest[] = [];
  let open: Record<string, string> | undefined;
  const close = (): void => {
    if (open !== undefined) tests.push(open as unknown as WebTest);
    open = undefined;
  };
  for (const [index, line] of text.split('\n').entries()) {
    const [, key = '', value = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(line) ?? [];
    if (open === undefined) {
      open = key === 'test' ? { name: value } : undefined;
    } else if (key === 'end') {
      close();
    } else if (KEYWORDS.has(key)) {
      open[key] = value;
    } else if (key !== '' && !key.startsWith('#')) {
      const known = [...KEYWORDS, 'end'].join(', ');
      const reason = `Expected one of ${known} in line ${index + 1} of ${path}, got ${key.slice(0, 40)}`;
      throw new AgentFailure(OCF.ERR_CONFIGURED, reason);
    }
  }
  close(); // the original takes the end of the file for one
  return tests;
}

/**
 * The test of a name, else the first.
 * @throws AgentFailure ERR_CONFIGURED
 */
export function chooseTest(tests: readonly WebTest[], name: string | undefined, path: string): WebTest {
  const test = name === undefined ? tests[0] : tests.find((one) => one.name === name);
  if (test === undefined) {
    const names = tests.map((one) => one.name).join(', ') || 'none';
    const what = name === undefined ? 'a test' : `a test with the name ${name} (testname)`;
    throw new AgentFailure(OCF.ERR_CONFIGURED, `Expected ${what} in ${path}, got ${names}`);
  }
  return test;
}
