import type { WrongValues } from '../wrong-value.ts';
import { testAgentRows } from './test-agents.ts';

export const values: WrongValues = { good: {}, wrong: testAgentRows, anyText: {} };
