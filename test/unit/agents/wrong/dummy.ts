import type { WrongValues } from '../wrong-value.ts';
import { testAgentRows } from './test-agents.ts';

export const values: WrongValues = {
  good: {},
  wrong: testAgentRows,
  anyText: {
    passwd: 'means nothing',
    fake: 'means nothing',
    fail_start_on: 'a host that there is not is no host to fail on',
  },
};
