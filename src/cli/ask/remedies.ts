import type { Run } from '../../control/model.ts';

/** What can be done about a failed run, most helpful first. */
export function remediesFor(run: Run): readonly string[] {
  const { resource, action, rc, status } = run;
  const again = [
    `bundlet exec ${resource} ${action === 'start' || action === 'stop' ? 'monitor' : action} runs it now and shows all that it says; --trace shows each step of a shell agent`,
    `bundlet logs ${resource} shows what happened around it`,
  ];
  return [...(STATUS_REMEDIES[status]?.(run) ?? RC_REMEDIES[rc]?.(run) ?? []), ...again];
}

type Remedy = (run: Run) => readonly string[];

const STATUS_REMEDIES: Readonly<Record<string, Remedy>> = {
  'timed-out': ({ action, timeoutMs, hang }) => [
    ...(hang?.processes.some(({ state }) => state === 'D') === true
      ? ['A process waited for a disk or a network file system: look at the storage']
      : []),
    ...(hang?.processes.some(({ state }) => state === 'T') === true
      ? ['A process was stopped (SIGSTOP, or a debugger): let it go on']
      : []),
    `If it merely needs longer than ${timeoutMs / 1000} s, give the operation more: op ${action} timeout=…`,
  ],
  'not-installed': ({ agent }) => [
    `Install ${agent} in this image, or correct class, provider and type; bundlet agents list shows what is there`,
  ],
  'no-secrets': () => [
    'A parameter is a CIB secret (lrm://) whose file is not in this container: mount /var/lib/pacemaker/lrm/secrets',
  ],
  'fatal-error': () => [
    'The operation lacks something that every one needs: look at its definition in the cluster',
  ],
};

const RC_REMEDIES: Readonly<Record<number, Remedy>> = {
  2: ({ agent }) => [
    `A parameter has a value that can not be right here; bundlet agents show ${agent} lists them`,
  ],
  3: ({ agent, action }) => [`${agent} has no action ${action}: leave the operation out`],
  4: () => ['The agent lacks rights: run the container as root, or with the capability that it needs'],
  5: () => ['A program that the agent needs is missing in this image: install it'],
  6: ({ agent }) => [`A required parameter is missing; bundlet agents show ${agent} lists them`],
  7: () => ['The application has ended by itself: look at its own log for why'],
  9: () => ['It failed while it was promoted: its data may need a look before it is promoted again'],
};
