import type { Agent, Timing } from './agent.ts';
import type { Parameter } from './parameters.ts';

/** Attributes and actions that readers of OCF 1.0, and its DTD, refuse. */
const NEW_ACTIONS: ReadonlySet<string> = new Set(['reload-agent']);

/**
 * Metadata of an agent. A caller that says that it speaks OCF 1.1, as Pacemaker does by `OCF_RA_VERSION_MINOR`, gets 1.1;
 * another one gets what is valid by the DTD of 1.0, too, and lacks what that has no word for.
 */
export function metadata(agent: Agent, env: Readonly<Record<string, string>>): string {
  const isNew = Number(env['OCF_RA_VERSION_MINOR'] ?? '0') >= 1;
  const parameters = Object.entries(agent.parameters as Readonly<Record<string, Parameter<unknown>>>);
  const actions = Object.entries(agent.actions)
    .filter(([name]) => isNew || !NEW_ACTIONS.has(name))
    .flatMap(([name, { timings }]) => (timings as readonly Timing[]).map((timing) => action(name, timing)));
  return `<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent${attributes({ name: agent.name, version: agent.version })}>
  <version>${isNew ? '1.1' : '1.0'}</version>
  <longdesc lang="en">${escapeText(agent.long)}</longdesc>
  <shortdesc lang="en">${escapeText(agent.short)}</shortdesc>
  <parameters>
${parameters.map(([name, about]) => parameter(name, about, { isNew, env })).join('')}  </parameters>
  <actions>
${actions.join('')}${action('validate-all', { timeout: agent.validateTimeout ?? '20s' })}${action('meta-data', { timeout: '5s' })}  </actions>
</resource-agent>
`;
}

interface Reader {
  readonly isNew: boolean;
  readonly env: Readonly<Record<string, string>>;
}

function parameter(name: string, about: Parameter<unknown>, { isNew, env }: Reader): string {
  const isSelect = isNew && about.type === 'select';
  const defaultText =
    typeof about.defaultText === 'function'
      ? about.defaultText({ env, instance: env['OCF_RESOURCE_INSTANCE'] || 'default' })
      : about.defaultText;
  const content = attributes({
    type: isSelect
      ? 'select'
      : ({ select: 'string', duration: 'string' }[about.type as 'select'] ?? about.type),
    default: defaultText,
  });
  const options = isSelect ? (about.options ?? []).map((value) => `<option${attributes({ value })}/>`) : [];
  const words = !isSelect && about.options !== undefined ? `\nOne of: ${about.options.join(', ')}` : '';
  return `    <parameter${attributes({
    name,
    // 1.1 has groups instead: one for each parameter that is unique by itself.
    unique: isNew ? undefined : about.isUnique ? '1' : '0',
    'unique-group': isNew && about.isUnique ? name : undefined,
    required: about.isRequired ? '1' : '0',
    reloadable: isNew && about.isReloadable ? '1' : undefined,
    // No `private`, which Pacemaker knows: the schema of OCF 1.1 does not, and pcs then refuses the whole agent.
  })}>
      <longdesc lang="en">${escapeText(about.long + words)}</longdesc>
      <shortdesc lang="en">${escapeText(about.short)}</shortdesc>
      <content${content}${options.length === 0 ? '/>' : `>${options.join('')}</content>`}
    </parameter>
`;
}

function action(name: string, { timeout, interval, depth, role }: Timing): string {
  const text = attributes({ name, timeout, interval, depth: depth?.toString(), role });
  return `    <action${text}/>\n`;
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${escapeValue(value)}"`]))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// [XML 1.0, 2.2]: not even as a reference.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Text for an element. What XML can't hold becomes U+FFFD. */
const escapeText = (text: string): string =>
  text
    .toWellFormed()
    .replace(IMPOSSIBLE, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

/** Text for an attribute: a reader would make plain blanks of these [XML 1.0, 3.3.3]. */
const escapeValue = (text: string): string =>
  escapeText(text).replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
