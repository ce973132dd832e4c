import type { TesterRow } from '../ocf-tester-row.ts';

export const row: TesterRow = {
  parameters: {},
  optional: ['notify action', 'demote action', 'promote action', 'promotable clones'],
};
