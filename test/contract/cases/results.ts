// What a result says: codes, status, reason, output, times, parameters [protocol 4.5, 5.5, 5.8 to 5.12].
import type { ContractCase, ExpectedEvent, Pattern, Step } from '../model.ts';
import { ACTOR, main } from '../resources.ts';
import { type ExecFieldsPart, onlyFor, processes, result, shell } from '../steps.ts';

const base = { classes: ['ocf'] } as const;
const ID = ACTOR.id;
const NOW: Pattern = { atLeast: 1_700_000_000 };

/** Runs a shell text as the agent and looks at its result. */
const runs = (sh: string, fields: Pattern, exec: ExecFieldsPart = {}): Step =>
  main.execs(
    ID,
    'start',
    { ...exec, parameters: { sh, ...exec.parameters } },
    { events: [result(ID, 'start', fields)] },
  );

/** The same for a case that is only that. */
function one(name: string, clause: string, ...steps: readonly Step[]): ContractCase {
  return { ...base, name, clause, steps: [main.registers(ACTOR), ...steps] };
}

/** An agent that cannot be run. */
function agent(type: string, fields: Pattern): ContractCase {
  return {
    ...base,
    name: `agent_${type.replaceAll('-', '_')}`,
    clause: '5.12',
    steps: [
      main.registers({ ...ACTOR, type }),
      main.execs(ID, 'start', {}, { events: [result(ID, 'start', fields)] }),
    ],
  };
}

const CODES = [
  [0, 0],
  [1, 1],
  [7, 7],
  [8, 8],
  [9, 9],
  [10, 1],
  [150, 1],
  [189, 1],
  [190, 190],
  [191, 191],
  [200, 1],
  [255, 1],
] as const;

const monitor = (fields: Pattern): ExpectedEvent => ({ event: result(ID, 'monitor', fields) });

const PARAMETERS = {
  '1digit': 'x',
  empty: '',
  '1empty': '',
  CRM_meta_timeout: '20000',
  text: 'a "b" \'c\' <d> & é',
};

/** 2.1.5 writes characters that its own side then reads as something else. */
const DIALECT = 'later versions write what XML has for them; ours writes what every version reads';

/** Those of the daemon's own process namespace, with nothing but a shell. */
const KILL_SLEEPERS = shell(
  'for of in /proc/[0-9]*; do read -r name <$of/comm && [ "$name" = sleep ] && kill -KILL "$(basename $of)"; done; true',
);

export const RESULT_CASES: readonly ContractCase[] = [
  one('exit_codes', '5.10', ...CODES.map(([code, rc]) => runs(`exit ${code}`, { rc, status: 0 }))),
  one(
    'output_is_stderr_or_stdout',
    '5.9',
    runs('echo out', { output: /^out/ }),
    runs('echo out; echo err >&2', { output: /^err/ }),
    runs('exit 0', { output: undefined, exitReason: undefined }),
  ),
  one(
    'exit_reason_is_the_last',
    '5.9',
    runs('echo ocf-exit-reason:first >&2; echo x >&2; echo ocf-exit-reason:the last one >&2; exit 1', {
      rc: 1,
      exitReason: 'the last one',
    }),
    runs('echo ocf-exit-reason:not here; exit 1', { rc: 1, exitReason: undefined }),
    runs('echo ocf-exit-reason: >&2; exit 1', { rc: 1, exitReason: undefined }),
  ),
  one(
    'output_with_control_characters',
    '2.6, 11.11',
    // Whatever it becomes, it arrives.
    runs("printf '\\033[1mbold\\033[0m'", { output: '\\033[1mbold\\033[0m' }),
  ),
  {
    ...one('output_with_new_lines_and_tabs', '2.6, 11.10'),
    differs: { c: 'new lines as backslash and n, tabs as four spaces', ours: 'as they are', why: DIALECT },
    steps: [
      main.registers(ACTOR),
      ...onlyFor('c', runs("printf 'a\\n\\tb'", { output: 'a\\n    b' })),
      ...onlyFor('ours', runs("printf 'a\\n\\tb'", { output: 'a\n\tb' })),
    ],
  },
  {
    ...one('output_with_nul', '5.9'),
    differs: {
      c: 'ends at the NUL',
      ours: 'shows it as U+FFFD',
      why: 'what comes behind it may be what counts',
    },
    steps: [
      main.registers(ACTOR),
      ...onlyFor('c', runs("printf 'a\\000b'", { output: 'a' })),
      ...onlyFor('ours', runs("printf 'a\\000b'", { output: 'a\ufffdb' })),
    ],
  },
  one(
    'output_with_invalid_utf8',
    '2.6',
    runs("printf 'a\\377b'; exit 7", { rc: 7, output: /^a/ }),
    runs('exit 0', {}),
  ),
  {
    ...one('output_of_more_than_10_mb', '5.9'),
    differs: {
      c: 'all of it, more than a controller of 3.x takes in one attribute',
      ours: 'head and tail of 1 MiB, and a word of what is left out',
      why: 'a result that the other side cannot read is lost',
    },
    steps: [
      main.registers(ACTOR),
      ...onlyFor(
        'c',
        runs('echo first; head -c 11000000 /dev/zero | tr "\\0" x; echo last', { output: /^first.*last/s }),
      ),
      ...onlyFor(
        'ours',
        runs('echo first; head -c 11000000 /dev/zero | tr "\\0" x; echo last', {
          output: /^first[\s\S]*bytes left out[\s\S]*last\n$/,
        }),
      ),
      runs('exit 0', {}),
    ],
  },
  one(
    'done_when_the_agent_exits',
    '5.8, 11.30',
    // What it leaves behind still holds its output.
    runs('sleep 314 & exit 0', {}, { timeoutMs: 20_000 }),
    processes('sleep', 1),
    KILL_SLEEPERS,
  ),
  {
    ...one('timeout_kills_the_group', '5.8, 11.29'),
    differs: {
      c: '2.1.5 writes the reason in milliseconds',
      ours: 'as 3.x writes it, and where it hung',
      why: 'the newer form is easier to read, and who sees nothing but the reason learns where to look',
    },
    steps: [
      main.registers(ACTOR),
      ...onlyFor('c', ...timedOut('Resource agent did not complete within 1000ms')),
      ...onlyFor(
        'ours',
        ...timedOut(
          /^Resource agent did not complete within 1s; it was in \w+ \(pid \d+, .*its last line was: before$/,
        ),
      ),
    ],
  },
  one(
    'timeout_spares_the_group_on_fail_block',
    '5.8',
    runs(
      'trap "" TERM; sleep 314 & wait',
      { rc: 1, status: 2 },
      {
        timeoutMs: 500,
        parameters: { CRM_meta_on_fail: 'block' },
      },
    ),
    processes('sleep', 1),
    KILL_SLEEPERS,
  ),
  one(
    'timeout_of_0_or_less_is_none',
    '5.8, 11.38',
    runs('sleep 0.5', {}, { timeoutMs: 0 }),
    runs('sleep 0.5', {}, { timeoutMs: -1 }),
    runs('sleep 0.5', {}, { timeoutMs: 2 ** 31 - 1 }),
  ),
  one(
    'death_by_signal',
    '5.8',
    runs('kill -SEGV $$', {
      rc: 1,
      status: 4,
      exitReason: 'Resource agent interrupted by Segmentation fault signal',
    }),
    runs('kill -KILL $$', { rc: 1, status: 4, exitReason: 'Resource agent interrupted by Killed signal' }),
  ),
  agent('missing', { rc: 5, status: 7, exitReason: 'missing: No such file or directory' }),
  agent('not-executable', { rc: 4, status: 0, exitReason: 'Child process was unable to execute file' }),
  agent('no-interpreter', { rc: 5, status: 0, exitReason: 'Child process was unable to execute file' }),
  {
    ...base,
    name: 'unknown_class',
    clause: '5.12',
    steps: [
      main.registers({ id: ID, class: 'nonsense', type: 'any' }),
      main.execs(ID, 'start', {}, { events: [result(ID, 'start', { rc: 5, status: 7 })] }),
    ],
  },
  {
    ...base,
    name: 'class_in_capitals',
    clause: '11.37',
    steps: [
      main.registers({ ...ACTOR, class: 'OCF' }),
      main.execs(ID, 'start', { parameters: { sh: 'exit 0' } }),
    ],
  },
  {
    ...one('parameters_come_back', '4.5, 11.13, 11.14'),
    steps: [
      main.registers(ACTOR),
      runs(
        '[ "$(env | grep -c ^OCF_RESKEY_1digit=x)" = 1 ]',
        { parameters: PARAMETERS },
        { parameters: PARAMETERS },
      ),
    ],
  },
  {
    ...one('parameters_with_new_lines_and_tabs', '2.6, 11.14'),
    differs: { c: 'come back as 2.1.5 escapes them', ours: 'come back as they are', why: DIALECT },
    steps: [
      main.registers(ACTOR),
      ...onlyFor(
        'c',
        runs('exit 0', { parameters: { text: 'a\\n    b' } }, { parameters: { text: 'a\n\tb' } }),
      ),
      ...onlyFor(
        'ours',
        runs('exit 0', { parameters: { text: 'a\n\tb' } }, { parameters: { text: 'a\n\tb' } }),
      ),
    ],
  },
  one(
    'environment_of_an_agent',
    '5.12',
    runs(
      [
        '[ "$OCF_ROOT" = /usr/lib/ocf ] && [ "$OCF_RA_VERSION_MAJOR.$OCF_RA_VERSION_MINOR" = 1.1 ]',
        '[ "$OCF_RESOURCE_INSTANCE:$OCF_RESOURCE_PROVIDER:$OCF_RESOURCE_TYPE" = actor:contract:actor ]',
        '[ "$OCF_CHECK_LEVEL:$OCF_RESKEY_CRM_meta_timeout" = 10:20000 ] && [ -z "$OCF_RESKEY_OCF_CHECK_LEVEL" ]',
        '[ "$OCF_EXIT_REASON_PREFIX" = ocf-exit-reason: ] && [ "$(umask)" = 0026 ]',
        '[ -z "$NOTIFY_SOCKET$NODE_OPTIONS" ] && ! read -r line',
      ].join(' && '),
      {},
      { parameters: { OCF_CHECK_LEVEL: '10', CRM_meta_timeout: '20000' } },
    ),
  ),
  one(
    'times_of_a_one_shot',
    '5.5',
    runs('sleep 0.3', {
      runTime: NOW,
      rcChangeTime: 0,
      execTimeMs: { atLeast: 290, atMost: 15_000 },
      queueTimeMs: { atLeast: 0, atMost: 15_000 },
    }),
    runs('exit 7', { rc: 7, runTime: NOW, rcChangeTime: NOW }),
  ),
  one(
    'times_of_what_had_to_wait',
    '5.5',
    main.execs(ID, 'start', { parameters: { sh: 'sleep 0.5' } }, { events: [] }),
    main.execs(
      ID,
      'monitor',
      { parameters: { sh: 'exit 0' } },
      {
        events: [monitor({ queueTimeMs: { atLeast: 300, atMost: 15_000 }, execTimeMs: { atMost: 15_000 } })],
      },
    ),
  ),
  one(
    'times_of_a_recurring_operation',
    '5.5',
    main.execs(
      ID,
      'monitor',
      {
        intervalMs: 300,
        parameters: { sh: 'sleep 0.1; exit "$(cat /run/contract/rc 2>/dev/null || echo 0)"' },
      },
      { events: [monitor({ runTime: NOW, rcChangeTime: 0, execTimeMs: { atLeast: 90 } })] },
    ),
    main.hears(monitor({ runTime: 0, rcChangeTime: 0, execTimeMs: 0, queueTimeMs: 0 })),
    { do: 'file', what: 'rc 7', path: '/run/contract/rc', is: 'written', text: '7' },
    main.hears(monitor({ rc: 7, runTime: 0, rcChangeTime: NOW, execTimeMs: 0, queueTimeMs: 0 })),
    main.hears(monitor({ rc: 7, runTime: 0, rcChangeTime: NOW, execTimeMs: 0, queueTimeMs: 0 })),
  ),
  {
    ...one('times_of_what_never_ran', '5.5'),
    differs: {
      c: 'whatever stands in its memory as the queue time, often less than 0',
      ours: 'all 0',
      why: 'a controller writes it into the history of the resource',
    },
    steps: [
      main.registers(ACTOR),
      main.execs(ID, 'start', { startDelayMs: 60_000, parameters: { sh: 'exit 0' } }, { events: [] }),
      ...onlyFor('c', main.cancels({ rscId: ID, action: 'start', intervalMs: 0 })),
      ...onlyFor(
        'ours',
        main.cancels(
          { rscId: ID, action: 'start', intervalMs: 0 },
          {
            events: [
              result(ID, 'start', { status: 1, runTime: 0, rcChangeTime: 0, execTimeMs: 0, queueTimeMs: 0 }),
            ],
          },
        ),
      ),
    ],
  },
];

function timedOut(exitReason: string | RegExp): Step[] {
  return [
    runs(
      'trap "" TERM; echo before; sleep 314 & wait',
      { rc: 1, status: 2, exitReason, output: /^before/ },
      {
        timeoutMs: 1000,
      },
    ),
    processes('sleep', 0),
  ];
}
