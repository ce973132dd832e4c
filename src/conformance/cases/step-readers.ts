import type { AgentCase, AgentStep } from '../subject.ts';
import { CASES_LIMITS } from './limits.ts';
import { integer, list, map, matching, oneOrList, type Reader, record, text, word } from './readers.ts';

/** What metadata may call a parameter and an environment variable can be made of. */
export const PARAMETER_NAME = /^[^\s=]+$/;

/** Parameters with their values, as text. */
export const parameterMap: Reader<Readonly<Record<string, string>>> = record(
  PARAMETER_NAME,
  'names of parameters',
  text(),
);

/** What only an action can have. */
const OF_ACTIONS = ['parameters', 'level', 'intervalMs', 'instance'] as const;

const step = map<AgentStep>('a step', {
  fields: {
    run: matching(/^[\w-]+$/, 'an action of the agent', CASES_LIMITS.name),
    sh: text('a shell command'),
    parameters: parameterMap,
    level: integer(0, 1_000_000),
    intervalMs: integer(0, 86_400_000),
    instance: integer(0, CASES_LIMITS.instances - 1),
    rc: oneOrList('exit codes', integer(0, 255)),
    matches: pattern(),
    withinMs: integer(1, CASES_LIMITS.withinMs),
  },
  check: (found, wrong, path) => {
    const { run, sh } = found;
    if ((run === undefined) === (sh === undefined)) {
      wrong(`Expected ${path} to have either run or sh, got ${run === undefined ? 'neither' : 'both'}`);
    }
    const misplaced = OF_ACTIONS.filter((name) => sh !== undefined && found[name] !== undefined);
    if (run === undefined && misplaced.length > 0) {
      wrong(`Expected ${path}, a shell command, without what only actions have, got ${misplaced.join(', ')}`);
    }
  },
});

/** A further check by the agent's author. */
export const agentCase: Reader<AgentCase> = map<AgentCase>('a case', {
  fields: {
    name: matching(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'a name of small letters, digits and -', CASES_LIMITS.name),
    level: word(['must', 'should']),
    title: matching(/^[^\n]+$/, 'one line of text', 200),
    steps: list('steps', step, CASES_LIMITS.steps),
  },
  required: ['name', 'steps'],
});

function pattern(): Reader<string> {
  const read = text('a regular expression');
  return (node, path, reading) => {
    const value = read(node, path, reading);
    try {
      return value === undefined || new RegExp(value, 'u') ? value : undefined;
    } catch (error) {
      return reading.wrong(
        `Expected ${path} to be a regular expression of JavaScript, got ${(error as Error).message}`,
        node,
      );
    }
  };
}
