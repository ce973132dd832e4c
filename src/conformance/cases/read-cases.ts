import type { Cases, Instance } from '../subject.ts';
import { CASES_LIMITS } from './limits.ts';
import { parseYaml } from './parse.ts';
import {
  boolean,
  integer,
  list,
  map,
  matching,
  oneOrList,
  type Reader,
  record,
  TOP,
  text,
} from './readers.ts';
import type { Reading } from './reading.ts';
import { agentCase, PARAMETER_NAME, parameterMap } from './step-readers.ts';

/** What the resource of a check is called where nobody says it. */
export const DEFAULT_INSTANCE: Instance = { name: 'conformance', parameters: {} };

/** A name that agents can make files of. */
const INSTANCE_NAME = /^[A-Za-z0-9_][\w.:-]*$/;

const instance = map<Instance>('a resource', {
  fields: {
    name: matching(INSTANCE_NAME, 'a name of letters, digits, _ . : and -', CASES_LIMITS.name),
    parameters: parameterMap,
  },
});

const samples = map<NonNullable<Cases['samples']>[string]>('samples of a parameter', {
  fields: {
    valid: list('values', text()),
    invalid: list('values', text()),
    isPath: boolean,
    isFreeText: boolean,
  },
  check: ({ valid = [], invalid = [] }, wrong, path) => {
    for (const value of valid.filter((each) => invalid.includes(each))) {
      wrong(`Expected ${path} to have each value once, got ${JSON.stringify(value)} as valid and as invalid`);
    }
  },
});

const reload = map<NonNullable<Cases['reload']>>('a parameter that is reloadable', {
  fields: {
    parameter: matching(PARAMETER_NAME, 'the name of a parameter', CASES_LIMITS.name),
    value: text(),
    shows: text('a shell command'),
  },
  required: ['parameter', 'value'],
});

/** The format [docs/conformance/cases.md]. */
const file = (checkIds: readonly string[] | undefined): Reader<Cases> =>
  map<Cases>('cases', {
    fields: {
      instances: list('resources', instance, CASES_LIMITS.instances),
      setUp: text('a shell command'),
      tearDown: text('a shell command'),
      works: text('a shell command'),
      crash: text('a shell command'),
      breakConfiguration: text('a shell command'),
      programs: oneOrList('programs', text('a program or file')),
      ports: oneOrList('ports', integer(1, 65_535)),
      samples: record(PARAMETER_NAME, 'names of parameters', samples),
      reload,
      skip: record(/^[A-Z]+-\d+$/, 'ids of checks, such as ACT-03', text('a reason, in words')),
      cases: list('cases', agentCase, CASES_LIMITS.cases),
    },
    check: (cases, wrong) => {
      namesOnce('instances', cases.instances, wrong);
      namesOnce('cases', cases.cases, wrong);
      reloadChanges(cases, wrong);
      for (const id of Object.keys(cases.skip ?? {}).filter((each) => checkIds?.includes(each) === false)) {
        wrong(
          `Expected skip to name checks of this class of agents, got ${id}; bundlet conformance --list has them`,
        );
      }
    },
  });

/**
 * Reads the text of `cases.yaml`. `fileName` is for the messages; `checkIds`, if given, are those that `skip` may name.
 * @throws AgentError CASES_INVALID with all that is wrong, one a line: `FILE:LINE:COLUMN: Expected …, got …`
 */
export function readCases(content: string, fileName: string, checkIds?: readonly string[]): Cases {
  const { root, reading } = parseYaml(content);
  const cases = reading.faults.length === 0 && !isEmpty(root) ? read(root, reading, checkIds) : undefined;
  if (reading.faults.length > 0) {
    throw reading.toError(fileName);
  }
  return { ...cases, instances: named(cases?.instances) };
}

function read(root: unknown, reading: Reading, checkIds?: readonly string[]): Cases | undefined {
  return file(checkIds)(root, TOP, reading);
}

/** A file of comments alone says nothing, and nothing wrong. */
const isEmpty = (root: unknown): boolean => root === null || (root as { value?: unknown }).value === null;

/** Names for those that have none: `conformance`, `conformance-2`. */
function named(instances: readonly Partial<Instance>[] = []): readonly Instance[] {
  const all = instances.length === 0 ? [DEFAULT_INSTANCE] : instances;
  return all.map(({ name, parameters = {} }, index) => ({
    name: name ?? (index === 0 ? DEFAULT_INSTANCE.name : `${DEFAULT_INSTANCE.name}-${index + 1}`),
    parameters,
  }));
}

function namesOnce(
  path: string,
  all: readonly { readonly name?: string }[] = [],
  wrong: (message: string) => void,
): void {
  const names = all.flatMap(({ name }) => name ?? []);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
    wrong(`Expected each name in ${path} once, got ${JSON.stringify(name)} again`);
  }
}

/** A reload with the same value would show nothing. */
function reloadChanges(
  { instances = [], reload: wanted }: Partial<Cases>,
  wrong: (message: string) => void,
): void {
  if (wanted !== undefined && instances[0]?.parameters?.[wanted.parameter] === wanted.value) {
    wrong(
      `Expected reload.value to be another than that of the first instance, got ${JSON.stringify(wanted.value)} in both`,
    );
  }
}
