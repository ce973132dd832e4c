/** Descriptions as every element that wants some has them. */
export const DESCRIPTIONS = '<longdesc lang="en">Long</longdesc><shortdesc lang="en">Short</shortdesc>';

/** What of metadata is not as usual. */
export interface MetadataParts {
  readonly before?: string;
  readonly attributes?: string;
  readonly version?: string;
  readonly parameters?: string;
  readonly actions?: string;
  readonly after?: string;
}

/** A parameter element, with descriptions. */
export function parameterText(attributes: string, content = '<content type="string"/>', first = ''): string {
  return `<parameter ${attributes}>${first}${DESCRIPTIONS}${content}</parameter>`;
}

/** Metadata without a fault, but for the parts that are given. */
export function metadataText(parts: MetadataParts = {}): string {
  const {
    before = '<?xml version="1.0"?>\n',
    attributes = 'name="fake" version="1.0"',
    version = '1.1',
    parameters = parameterText('name="state"'),
    actions = ['start', 'stop', 'monitor', 'meta-data', 'validate-all']
      .map((name) => `<action name="${name}" timeout="20s"${name === 'monitor' ? ' interval="10s"' : ''}/>`)
      .join('\n'),
    after = '\n',
  } = parts;
  return `${before}<resource-agent ${attributes}>
<version>${version}</version>
${DESCRIPTIONS}
<parameters>
${parameters}
</parameters>
<actions>
${actions}
</actions>
</resource-agent>${after}`;
}
