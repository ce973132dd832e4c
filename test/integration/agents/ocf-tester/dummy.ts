import type { TesterRow } from '../ocf-tester-row.ts';

export const row: TesterRow = {
  parameters: {},
  optional: ['the notify action', 'the demote action', 'the promote action', 'promotable clones'],
};
