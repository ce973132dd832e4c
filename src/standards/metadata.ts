import type { LsbHeader } from './lsb-header.ts';

/** What stands in the metadata of an agent that can't give its own. */
interface Description {
  readonly name: string;
  readonly version: string;
  readonly long: string;
  readonly short: string;
  /** Name of the action and further attributes. */
  readonly actions: readonly (readonly [name: string, attributes: string])[];
  readonly special: string;
}

/** Metadata of a unit, made of systemd's description of it [protocol 5.13, synthesised meta-data]. */
export function systemdMetadata(agent: string, description: string): string {
  return resourceAgent({
    name: agent,
    version: '1.1',
    long: description,
    short: `systemd unit file for ${agent}`,
    actions: [
      ...['start', 'stop', 'status'].map((name) => [name, 'timeout="100s"'] as const),
      ['monitor', 'timeout="100s" interval="60s"'],
      ['meta-data', 'timeout="5s"'],
    ],
    special: '<special tag="systemd"/>',
  });
}

/** Metadata of an init script, made of its LSB header. */
export function lsbMetadata(script: string, header: LsbHeader): string {
  const facts = [...header.facts].map(([name, value]) => `    <${name}>${escapeText(value)}</${name}>\n`);
  return resourceAgent({
    name: script,
    version: '1.0',
    long: header.description ?? script,
    short: header.shortDescription ?? script,
    actions: [
      ['meta-data', 'timeout="5s"'],
      ...['start', 'stop', 'status', 'restart', 'force-reload'].map(
        (name) => [name, 'timeout="15s"'] as const,
      ),
      ['monitor', 'timeout="15s" interval="15s"'],
    ],
    special: `<special tag="LSB">\n${facts.join('')}  </special>`,
  });
}

function resourceAgent({ name, version, long, short, actions, special }: Description): string {
  return `<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="${escapeText(name)}" version="0.1">
  <version>${version}</version>
  <longdesc lang="en">
${escapeText(long)}
  </longdesc>
  <shortdesc lang="en">${escapeText(short)}</shortdesc>
  <parameters/>
  <actions>
${actions.map(([action, attributes]) => `    <action name="${action}" ${attributes}/>`).join('\n')}
  </actions>
  ${special}
</resource-agent>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** As text or attribute; what XML 1.0 has no place for becomes U+FFFD. */
function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character).replace(NOT_XML, '\ufffd');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
