import { promotionScoreName } from './attribute-wish.ts';
import { crmAttribute } from './crm-attribute.ts';
import { type GetoptUsage, getopt } from './getopt.ts';
import { TOOL_EXIT } from './result.ts';
import type { ToolCall, ToolContext, ToolResult } from './tool.ts';

const GETOPT: GetoptUsage = {
  name: 'crm_master',
  short: 'VqGv:DN:l:i:r:U:Q',
  long: [
    'help',
    'version',
    'verbose',
    'quiet',
    'query',
    'update:',
    'delete',
    'node:',
    'lifetime:',
    'id:',
    'resource:',
    'uname:',
    'get-value',
    'delete-attr',
    'attr-value:',
    'attr-id:',
  ],
};

const USAGE_TEXT = `Usage: crm_master <command> [<options>]

This command is deprecated. Use crm_attribute with the --promotion option
instead.
`;

const HELP_TEXT = `crm_master - Query, update, or delete a resource's promotion score\n\n${USAGE_TEXT}`;

/** `crm_master`, in the real ones a script around crm_attribute. */
export async function crmMaster(call: ToolCall, context: ToolContext): Promise<ToolResult> {
  const { options, errors } = getopt(GETOPT, call.args);
  if (errors.length > 0) {
    return wrong(errors);
  }
  let rsc = call.env['OCF_RESOURCE_INSTANCE'] ?? '';
  const handedOn: string[] = [];
  for (const { option, value } of options) {
    switch (option) {
      case '--help':
        return { exitCode: TOOL_EXIT.ok, stdout: HELP_TEXT, stderr: '' };
      case '--version':
        return crmAttribute({ ...call, name: ATTRIBUTE_TOOL, args: ['--version'] }, context);
      case '-r':
      case '--resource':
        rsc = value ?? '';
        break;
      default:
        handedOn.push(option, ...(value === undefined ? [] : [value]));
    }
  }
  if (rsc === '') {
    return wrong(['error: No resource specified']);
  }
  const line = ['-n', promotionScoreName(rsc), '--lifetime', 'forever', ...handedOn].join(' ');
  return crmAttribute({ ...call, name: ATTRIBUTE_TOOL, args: wordsOf(line) }, context);
}

const ATTRIBUTE_TOOL = 'crm_attribute';

/** The script forgets which words belong together. */
const wordsOf = (line: string): string[] => line.split(/[ \t\n]+/).filter((word) => word !== '');

function wrong(lines: readonly string[]): ToolResult {
  const stderr = lines.map((line) => `${line}\n`).join('');
  return { exitCode: TOOL_EXIT.error, stdout: `\n${USAGE_TEXT}`, stderr };
}
