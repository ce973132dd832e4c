import type { ToolCase } from './tools-cases.ts';
import type { ToolOutcome } from './tools-player.ts';

const VERSION = 'Pacemaker 2.1.5\nCompatible small tool of Bundlet\n';

/**
 * Where our small tools differ from the record on purpose, by the case's name: their own version text, no messages of the C
 * library's own assertions, and `-p -v -INFINITY`, which the real one reads as `-p -v -I -N FINITY` though agents call it so.
 */
const OURS: Readonly<Record<string, Partial<ToolOutcome>>> = {
  'crm_attribute: no name': { stderr: 'crm_attribute: Could not update (null)=1: Invalid argument (22)\n' },
  'crm_attribute: version': { stdout: VERSION },
  'attrd_updater: version': { stdout: VERSION },
  'crm_node: version': { stdout: VERSION },
  'score: -INFINITY': {
    exitCode: 0,
    stderr: '',
    state: [
      'cib/status/node_state(@NODE@)/transient_attributes/instance_attributes: nvpair id="status-@NODE@-master-@A@" name="master-@A@" value="-INFINITY"',
    ],
  },
};

/** These print help, and that is our own. */
const HELP: readonly string[] = ['node: nothing'];

/** What our small tool is to say and do where a real one did `recorded`. */
export const expectedOfOurs = (name: string, recorded: ToolOutcome): ToolOutcome => ({
  ...recorded,
  ...OURS[name],
});

/** The case as it is asked of our small tools. */
export const caseOfOurs = (one: ToolCase): ToolCase =>
  HELP.includes(one.name) ? { ...one, onlyExitCode: true } : one;
