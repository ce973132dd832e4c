import type { TesterRow } from '../ocf-tester-row.ts';

// It looks whether there is migrate_to, but after an `if` that has changed $? before: it never notes that there is none.
export const row: TesterRow = { parameters: {}, optional: ['the reload action'] };
