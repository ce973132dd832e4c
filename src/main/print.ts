import { writeFileSync } from 'node:fs';
import { type OutputFormat, wrongUsage } from '../config/command-line.ts';
import { VERSION } from '../config/version.ts';
import { messageOf } from '../errors/agent-error.ts';

/** The first version of Pacemaker's XML output, which has all that we use [pcmk xml/api/version-2.0.rng]. */
const API_VERSION = '2.0';

/** What `--version` shows [protocol 8.1]. */
export function versionText(format: OutputFormat): string {
  switch (format) {
    case 'text':
      return `Bundlet ${VERSION}\n`;
    case 'xml':
      return [
        `<pacemaker-result api-version="${API_VERSION}" request="pacemaker-remoted --version">`,
        `  <version program="Bundlet" version="${VERSION}" author="The Bundlet authors" build="" features=""/>`,
        '  <status code="0" message="OK"/>',
        '</pacemaker-result>\n',
      ].join('\n');
    case 'none':
      return '';
  }
}

/**
 * Prints to standard output, or to the file of `--output-to`.
 * @throws AgentError CONFIG_INVALID when the file can't be written
 */
export function print(text: string, { outputTo }: { readonly outputTo?: string }): void {
  if (outputTo === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(outputTo, text);
  } catch (error) {
    throw wrongUsage(`Expected --output-to to be a file that can be written: ${messageOf(error)}`, error);
  }
}
