import type { Check } from '../../../check.ts';
import type { MetadataFault } from '../../../metadata/schema-faults.ts';
import type { DeclaredParameter, Metadata } from '../../../subject.ts';
import { failEach, isAtLeast11, metadataOf, skipUnlessReadable } from './read.ts';

/** Words that agents and Pacemaker take for a boolean [pcmk crm_str_to_boolean, resource-agents ocf_is_true]. */
const BOOLEAN = /^(?:true|false|yes|no|on|off|y|n|1|0)$/i;
const INTEGER = /^[+-]?\d+$/;
const SECRET = /pass(?:word|wd|phrase)?$|secret|token/i;
/** Kept back without a mark, where no parameter of the agent has one [pcmk: ra_param_from_xml]. */
const SECRET_BY_NAME: ReadonlySet<string> = new Set(['password', 'passwd', 'user']);

/** What metadata says of parameters. */
export const DECLARATION_CHECKS: readonly Check[] = [
  {
    id: 'META-12',
    class: 'ocf',
    level: 'should',
    title: 'parameters are declared without contradiction: defaults fit their types, replacements exist',
    why: 'People and tools believe the declaration: a default that is none of the options can not be chosen in a form, a required parameter with a default is asked for in vain.',
    source:
      'OCF 1.1, parameters; in Debian 12 ten defaults do not fit their types, six parameters are required and have one',
    remedy:
      'Correct the type, the default or the name; write unique-group in place of unique in agents of OCF 1.1.',
    needs: [],
    skip: skipUnlessReadable,
    async run(trial) {
      const metadata = metadataOf(trial);
      failEach(
        trial,
        metadata.parameters.flatMap((parameter) => faultsOf(parameter, metadata)),
      );
      const open = secrets(metadata);
      if (open.length > 0) {
        // No finding: pcs up to 0.11 refuses metadata with an attribute that is in no schema.
        trial.note(
          `Pacemaker would keep ${open.join(', ')} out of its logs if it were private="1", which some versions of pcs refuse`,
        );
      }
    },
  },
];

function faultsOf(parameter: DeclaredParameter, metadata: Metadata): readonly MetadataFault[] {
  const { name, isRequired, isUnique, uniqueGroup, replacedWith, defaultValue = '' } = parameter;
  const names = new Set(metadata.parameters.map((each) => each.name));
  const twice = metadata.parameters.filter((each) => each.name === name);
  return [
    ...typeFaults(parameter),
    ...(isRequired && defaultValue !== ''
      ? [{ expected: `no default of ${name}, since it is required`, seen: `"${defaultValue}"` }]
      : []),
    ...(isUnique && uniqueGroup === undefined && isAtLeast11(metadata)
      ? [{ expected: `unique-group of ${name}, since OCF 1.1 deprecates unique`, seen: 'unique="1"' }]
      : []),
    ...replacedWith
      .filter((each) => !names.has(each))
      .map((each) => ({ expected: `a parameter ${each}, since it replaces ${name}`, seen: 'none' })),
    ...(twice.length > 1 && twice[0] === parameter
      ? [{ expected: `one parameter ${name}`, seen: String(twice.length) }]
      : []),
    ...(/^[A-Za-z_]\w*$/.test(name)
      ? []
      : [{ expected: 'names of letters, digits and _, as environments can have', seen: `"${name}"` }]),
  ];
}

function typeFaults({ name, type, options, defaultValue = '' }: DeclaredParameter): readonly MetadataFault[] {
  const fault = (expected: string): readonly MetadataFault[] => [
    { expected: `${expected} as default of ${name}`, seen: `"${defaultValue}"` },
  ];
  if (type === 'select' && options.length === 0) {
    return [{ expected: `options of ${name}, since it is a select`, seen: 'none' }];
  }
  if (type !== 'select' && options.length > 0) {
    return [{ expected: `no options of ${name}, since it is no select`, seen: options.join(', ') }];
  }
  // An empty one says that there is none.
  if (defaultValue === '') {
    return [];
  }
  switch (type) {
    case 'integer':
      return INTEGER.test(defaultValue) ? [] : fault('an integer');
    case 'boolean':
      return BOOLEAN.test(defaultValue) ? [] : fault('true or false');
    case 'select':
      return options.includes(defaultValue) ? [] : fault(`one of ${options.join(', ')}`);
    default:
      return [];
  }
}

function secrets({ parameters }: Metadata): readonly string[] {
  const isMarked = parameters.some(({ isPrivate }) => isPrivate);
  return parameters
    .filter(({ name, isPrivate }) => SECRET.test(name) && !isPrivate)
    .map(({ name }) => name)
    .filter((name) => isMarked || !SECRET_BY_NAME.has(name));
}
