import type { TesterRow } from '../ocf-tester-row.ts';

// A value without blanks: the program is the whole command.
export const row: TesterRow = {
  parameters: { command: '$scratch/app', reload_signal: 'HUP' },
  setUp: `printf '#!/bin/sh\\ntrap : HUP\\nwhile :; do sleep 0.1; done\\n' >$scratch/app && chmod +x $scratch/app`,
  optional: ['the notify action', 'the demote action', 'the promote action', 'promotable clones'],
};
