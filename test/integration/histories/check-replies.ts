import type { Asked, List } from './history.ts';
import { isSameOperation } from './operations.ts';
import { describe, type Rule } from './rule.ts';

/** Every request is answered, with the code that its resource calls for. */
export const replies: Rule = ({ asked, unanswered }, { rightRcs }) => [
  ...unanswered.map((request) => `no reply: ${request}`),
  ...asked
    .filter((request) => rightRcs.get(request)?.includes(request.rc) === false)
    .map((request) => `wrong reply: ${describe(request)}, expected ${rightRcs.get(request)?.join(' or ')}`),
];

/** A list holds recurring operations that live, and all of them once each has had its first result. */
export const lists: Rule = ({ asked }, { living }) =>
  asked
    .filter((request): request is List & Asked => request.what === 'list')
    .flatMap((list) => {
      const right = (living.get(list) ?? []).map(({ first }) => first);
      const odd = list.listed.filter((key) => !right.some((first) => isSameOperation(first, key)));
      const missing = right.filter((first) => !list.listed.some((key) => isSameOperation(first, key)));
      return [
        ...odd.map((key) => `listed though it is over: ${key.action} ${key.intervalMs} in ${describe(list)}`),
        ...(list.isSettled ? missing : []).map(
          (first) => `not listed: ${describe(first)} in ${describe(list)}`,
        ),
      ];
    });
