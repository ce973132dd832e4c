/** What `ocf-tester` complains of, and the checks of ours that find the same fault; one of them is enough. */
export interface Complaint {
  /** Part of its line. */
  readonly words: RegExp;
  readonly checks: readonly string[];
  /** Why none of ours needs to say it, for people. */
  readonly alone?: string;
}

/** Who answers an action that he does not have with something else than 3 does so for every unknown one: ACT-02. */
const OPTIONAL_ACTION = ['ACT-02', 'PROM-01', 'PROM-02', 'NOT-01'];

/** Every line that it can print, by what is in it [resource-agents tools/ocf-tester]. */
export const COMPLAINTS: readonly Complaint[] = [
  { words: /too restrictive permissions/, checks: ['META-04', 'META-01', 'META-02'] },
  {
    words: /conform to ra-api-1\.dtd|^(element|validity|parser)|validity error|parser error/,
    checks: ['META-01', 'META-02', 'META-03'],
    alone: 'Its DTD is of OCF 1.0: every agent of OCF 1.1 fails it',
  },
  { words: /support the meta-data action|meta-data action cannot fail/, checks: ['META-01', 'META-02'] },
  { words: /support the validate-all action/, checks: ['META-10', 'PAR-01', 'META-08'] },
  { words: /Validation failed\./, checks: ['PAR-01'] },
  { words: /support the monitor action/, checks: ['META-06', 'ACT-01'] },
  { words: /Monitoring a stopped resource/, checks: ['ACT-01', 'ACT-07'] },
  { words: /initial probe for a stopped resource/, checks: ['ACT-01', 'INST-01'] },
  { words: /^rc=\d+: Start failed/, checks: ['ACT-04', 'ACT-05', 'ACT-08', 'TIME-01'] },
  { words: /(Monitoring|Probing) an active resource/, checks: ['ACT-04', 'ACT-06', 'ACT-08'] },
  { words: /notify action cannot fail/, checks: OPTIONAL_ACTION },
  { words: /[Dd]emot|[Pp]romot/, checks: [...OPTIONAL_ACTION, 'META-11', 'PROM-03', 'ACT-04'] },
  { words: /Starting a running resource/, checks: ['ACT-05'] },
  { words: /Stopping a stopped resource/, checks: ['ACT-03'] },
  {
    words: /Stop failed|could not be stopped|Stop could not clean up/,
    checks: ['ACT-07', 'ACT-01', 'TIME-01'],
  },
];

/** It has no limit of its own. */
export const HUNG: Complaint = { words: /^hung$/, checks: ['TIME-01', 'LEFT-05', 'ACT-04'] };

/** Why ours does not say what it says of one agent, for people. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'heartbeat:NodeUtilization':
    'start needs tools of a cluster; ocf-tester has none, ours gives it some that pretend',
  'heartbeat:rsyncd':
    'a race: start ends some milliseconds before the daemon has written its PID file; ours (ACT-04, ACT-08) saw it in one whole run of two',
};
