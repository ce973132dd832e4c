import { type AgentContext, AgentFailure, OCF } from '../../kit/index.ts';
import type { ApacheConfiguration } from './read-configuration.ts';

type Runner = Pick<AgentContext<Record<never, never>>, 'run'>;
type Tested = Pick<ApacheConfiguration, 'httpd' | 'configFile' | 'options' | 'env'>;

/**
 * Has httpd itself check the configuration.
 * @throws AgentFailure ERR_CONFIGURED with httpd's own message; ERR_GENERIC if it gives no answer
 */
export async function configtest(
  { run }: Runner,
  { httpd, configFile, options, env }: Tested,
): Promise<void> {
  const result = await run({ path: httpd, args: ['-t', '-DSTATUS', ...options, '-f', configFile], env });
  if (result.code === 0) {
    return;
  }
  const expected = `Expected ${httpd} -t to accept ${configFile}, got`;
  if (result.code === undefined) {
    const got = result.errno ?? (result.isTimedOut ? 'no answer in time' : `${result.signal}`);
    throw new AgentFailure(OCF.ERR_GENERIC, `${expected} ${got}`);
  }
  throw new AgentFailure(
    OCF.ERR_CONFIGURED,
    `${expected}: ${messageOf(result.stderr) || `status ${result.code}`}`,
  );
}

/** What httpd holds against it, without the time before it and the advice about ServerName that it always gives. */
function messageOf(stderr: string): string {
  return stderr
    .split('\n')
    .map((line) => line.replace(/^(\[[^\]]*\] )+/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('AH00558'))
    .join('; ');
}
