import type { WrongValue } from '../wrong-value.ts';

const place = (parameter: string): WrongValue[] => [
  { parameter, value: 'run/x', code: 6, reason: `Expected ${parameter} to be an absolute path, got run/x` },
  {
    parameter,
    value: '/nowhere/x',
    level: 10,
    code: 2,
    reason: `Expected a writable directory for ${parameter}=/nowhere/x, got ENOENT; make it, or name another`,
  },
];

const trouble = (value: string, reason: string): WrongValue => ({
  parameter: 'trouble',
  value,
  code: 6,
  reason,
});

/** What `dummy` and `stateful` have in common. */
export const testAgentRows: readonly WrongValue[] = [
  ...place('state'),
  ...place('envfile'),
  trouble('monitor', 'rules such as "monitor: fail=1'),
  trouble('monitor:', 'monitor has no effect'),
  trouble('monitor: only=1', 'monitor has no effect'),
  trouble('monitor: explode', 'there is no "explode"'),
  trouble('monitor: fail=0', 'a failure has one of the exit codes'),
  trouble('monitor: fail=42', 'a failure has one of the exit codes'),
  trouble('monitor: fail', 'a failure has one of the exit codes'),
  trouble('monitor: hang=1s', 'there is no "hang=1s"'),
  trouble('start: slow=soon', 'a length of time such as 10s'),
  trouble('start: noise=many', '"many" is no number'),
  trouble('start: hang only=x', 'only= is followed by 3, 3- or 3-5'),
  trouble('start: hang while=file', 'there is no "while=file"'),
];
