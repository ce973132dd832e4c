import { RC_WORDS } from '../standards/result.ts';
import type { Run, RunOptions } from './run.ts';

/** How a run ended, for people: `1 (error: no such file)`, `no end within 20000 ms`. */
export function describeEnd({
  end,
  exitReason,
  meaning,
}: Pick<Run, 'end' | 'exitReason' | 'meaning'>): string {
  switch (end.kind) {
    case 'exited': {
      const said = [meaning ?? RC_WORDS[end.code], exitReason]
        .filter((text) => text !== undefined)
        .join(': ');
      return said === '' ? String(end.code) : `${end.code} (${said})`;
    }
    case 'signalled':
      return `its end by ${end.signal}`;
    case 'timed-out':
      return `no end within ${end.limitMs} ms`;
    case 'killed':
      return 'its end by the check';
    case 'not-started':
      return `${end.errno}: it can't be started`;
  }
}

/** A notification has two dozen lists beside these; the check says what is in them. */
const isTold = ([name]: readonly [string, unknown]): boolean =>
  !name.startsWith('notify_') || name === 'notify_type' || name === 'notify_operation';

/** What of a call differs from an ordinary one. */
export function describeOptions(options: RunOptions): string[] {
  const { parameters = {}, env = {}, meta = {}, checkLevel, intervalMs, instance = 0, user } = options;
  const { extraArguments = [], interpreter, directory, stdin, umask, killAfterMs } = options;
  const values = (all: Readonly<Record<string, string | undefined>>, prefix = ''): string[] =>
    Object.entries(all).map(([name, value]) =>
      value === undefined ? `without ${prefix}${name}` : `${prefix}${name}=${JSON.stringify(value)}`,
    );
  return [
    ...(instance === 0 ? [] : [`instance ${instance}`]),
    ...(intervalMs === 0 ? ['a probe'] : []),
    ...(checkLevel === undefined ? [] : [`OCF_CHECK_LEVEL=${checkLevel}`]),
    ...values(parameters),
    ...values(Object.fromEntries(Object.entries(meta).filter(isTold)), 'CRM_meta_'),
    ...values(env, '$'),
    ...(extraArguments.length === 0 ? [] : [`with the arguments ${extraArguments.join(' ')}`]),
    ...(interpreter === undefined ? [] : [`by ${interpreter}`]),
    ...(directory === undefined ? [] : [`in ${directory}`]),
    ...(stdin === 'closed' ? ['standard input closed'] : []),
    ...(umask === undefined ? [] : [`umask ${umask.toString(8)}`]),
    ...(user === undefined ? [] : [`as uid ${user.uid}`]),
    ...(killAfterMs === undefined ? [] : [`killed after ${killAfterMs} ms`]),
  ];
}
