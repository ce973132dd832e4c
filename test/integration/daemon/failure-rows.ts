// The failures of protocol 5.12 as data: what is asked, what we answer, and where the C daemon answers otherwise.
import type { Completion } from '../../../src/client/index.ts';

export interface Answer {
  readonly rc: number;
  readonly status: number;
  /** Null = none. */
  readonly exitReason: string | null;
}

export interface FailureRow {
  readonly name: string;
  readonly class: string;
  readonly provider?: string;
  readonly type: string;
  /** Default: both `start` and `monitor`, with the same answer. */
  readonly actions?: readonly string[];
  readonly timeoutMs?: number;
  readonly ours: Answer;
  /** What the C daemon 2.1.5 answers instead. Absent = the same. */
  readonly c?: Partial<Answer>;
  /** Why ours differs. */
  readonly why?: string;
}

/** Stands for every text of a pattern; plain, because these rows are read outside of tests, too. */
const like = (pattern: RegExp): string =>
  ({ asymmetricMatch: (text: unknown) => pattern.test(String(text)) }) as unknown as string;

const answer = (rc: number, status: number, exitReason: string | null): Answer => ({
  rc,
  status,
  exitReason,
});

const ocf = (type: string) => ({ class: 'ocf', provider: 'failing', type });
const lsb = (type: string) => ({ class: 'lsb', type });

const UNABLE = 'Child process was unable to execute file';
const LONG = 'x'.repeat(300);
const LSB_REASON = {
  c: { exitReason: null },
  why: 'A person reads the reason, and the C daemon has one for class ocf only',
};
const CASE = 'The C daemon runs MONITOR as status, but reads its end as that of another action';
const TRUE_TEXT = 'The C daemon names one error for all';

export const FAILURE_ROWS: readonly FailureRow[] = [
  { name: 'ocf, no file', ...ocf('missing'), ours: answer(5, 7, 'missing: No such file or directory') },
  { name: 'ocf, a directory', ...ocf('folder'), ours: answer(4, 0, UNABLE) },
  { name: 'ocf, not executable', ...ocf('plain'), ours: answer(4, 0, UNABLE) },
  { name: 'ocf, no interpreter', ...ocf('no-interpreter'), ours: answer(5, 0, UNABLE) },
  { name: 'ocf, no interpreter line: the shell reads it', ...ocf('no-line'), ours: answer(3, 0, null) },
  {
    name: 'ocf, a dangling link',
    ...ocf('dangling'),
    ours: answer(5, 7, 'dangling: No such file or directory'),
  },
  {
    name: 'ocf, a link to itself',
    ...ocf('loop'),
    ours: answer(5, 7, 'loop: Too many levels of symbolic links'),
    c: { exitReason: 'loop: No such file or directory' },
    why: TRUE_TEXT,
  },
  {
    name: 'ocf, a provider that may not be searched',
    class: 'ocf',
    provider: 'closed',
    type: 'agent',
    ours: answer(5, 7, 'agent: Permission denied'),
    c: { exitReason: 'agent: No such file or directory' },
    why: TRUE_TEXT,
  },
  {
    name: 'ocf, no provider',
    class: 'ocf',
    type: 'agent',
    ours: answer(1, 6, 'Required agent or action information missing'),
  },
  {
    name: 'ocf, no action',
    ...ocf('no-line'),
    actions: [''],
    ours: answer(1, 6, 'Required agent or action information missing'),
  },
  {
    name: 'lsb, no file',
    ...lsb('missing'),
    ours: answer(5, 7, '/etc/init.d/missing: No such file or directory'),
  },
  {
    name: 'lsb, no file by its path',
    ...lsb('/nowhere/x'),
    ours: answer(5, 7, '/nowhere/x: No such file or directory'),
  },
  {
    name: 'lsb, a path below a file',
    ...lsb('plain/x'),
    ours: answer(5, 7, '/etc/init.d/plain/x: Not a directory'),
  },
  { name: 'lsb, a directory', ...lsb('folder'), ours: answer(4, 0, UNABLE), ...LSB_REASON },
  { name: 'lsb, not executable', ...lsb('plain'), ours: answer(4, 0, UNABLE), ...LSB_REASON },
  { name: 'lsb, no interpreter', ...lsb('no-interpreter'), ours: answer(5, 0, UNABLE), ...LSB_REASON },
  { name: 'lsb, the shell reads it', ...lsb('no-line'), actions: ['start'], ours: answer(3, 0, null) },
  { name: 'lsb, the shell reads it', ...lsb('no-line'), actions: ['monitor'], ours: answer(7, 0, null) },
  { name: 'lsb, a link to itself', ...lsb('loop'), ours: answer(1, 4, 'Too many levels of symbolic links') },
  { name: 'lsb, a name that is too long', ...lsb(LONG), ours: answer(1, 4, 'File name too long') },
  {
    name: 'lsb, a directory that may not be searched',
    ...lsb('closed/agent'),
    ours: answer(4, 4, '/etc/init.d/closed/agent: Permission denied'),
  },
  {
    name: 'lsb, no file',
    ...lsb('missing'),
    actions: ['MONITOR'],
    ours: answer(5, 7, '/etc/init.d/missing: No such file or directory'),
    c: { rc: 1 },
    why: CASE,
  },
  {
    name: 'lsb, killed',
    ...lsb('killed'),
    actions: ['start'],
    ours: answer(1, 4, 'Resource agent interrupted by Killed signal'),
  },
  {
    name: 'lsb, killed',
    ...lsb('killed'),
    actions: ['monitor'],
    ours: answer(1, 4, 'Resource agent interrupted by Killed signal'),
    c: { rc: 7 },
    why: 'The C daemon reads its own error as an exit status: a killed script would say that nothing runs',
  },
  {
    name: 'lsb, late',
    ...lsb('late'),
    timeoutMs: 300,
    ours: answer(1, 2, like(/^Resource agent did not complete within 300ms; it was in sleep /)),
    c: { exitReason: 'Resource agent did not complete within 300ms' },
    why: 'Who sees nothing but the reason learns where it hung',
  },
  {
    name: 'an unknown class',
    class: 'nonsense',
    type: 'thing',
    ours: answer(5, 7, 'thing: No such file or directory'),
  },
  ...['upstart', 'heartbeat'].map((dropped) => ({
    name: 'a class that was dropped',
    class: dropped,
    type: 'thing',
    ours: answer(
      5,
      7,
      dropped === 'upstart'
        ? 'thing: class upstart was dropped in Pacemaker 3.0; use systemd or lsb'
        : 'thing: class heartbeat is not known to Pacemaker any more; use ocf or lsb',
    ),
    c: { exitReason: 'thing: No such file or directory' },
    why: 'A person should see what to do',
  })),
];

/** One request of a row. */
export interface Question {
  readonly row: FailureRow;
  readonly action: string;
}

export const QUESTIONS: readonly Question[] = FAILURE_ROWS.flatMap((row) =>
  (row.actions ?? ['start', 'monitor']).map((action) => ({ row, action })),
);

/**
 * Shell text that makes the files below `$ocf` and in /etc/init.d, and takes from root what lets it into every
 * directory; for a private mount namespace.
 */
export const FAILURE_STAGE = `
mount -t tmpfs tmpfs /etc/init.d
mkdir -p "$ocf/resource.d/failing" "$ocf/resource.d/closed" /etc/init.d/closed
for dir in "$ocf/resource.d/failing" /etc/init.d; do
  mkdir "$dir/folder"
  printf '#!/bin/sh\\n' >"$dir/plain"
  printf '#!/nonexistent/interpreter\\n' >"$dir/no-interpreter"
  printf 'exit 3\\n' >"$dir/no-line"
  printf '#!/bin/sh\\nkill -KILL $$\\n' >"$dir/killed"
  printf '#!/bin/sh\\nexec sleep 300\\n' >"$dir/late"
  ln -s loop "$dir/loop"
  ln -s nowhere "$dir/dangling"
  chmod 755 "$dir/no-interpreter" "$dir/no-line" "$dir/killed" "$dir/late"
done
for dir in "$ocf/resource.d/closed" /etc/init.d/closed; do
  printf '#!/bin/sh\\n' >"$dir/agent"
  chmod 755 "$dir/agent"
  chmod 000 "$dir"
done
unprivileged='setpriv --bounding-set=-dac_override,-dac_read_search'
`;

/** What counts of an answer. */
export function answerOf({ rc, status, exitReason }: Completion): Answer {
  return answer(rc, status, exitReason ?? null);
}
