import { stateOf } from './cib-state.ts';
import type { Guest } from './guest.ts';
import type { Testbed } from './testbed.ts';
import { LONG, type ToolCase } from './tools-cases.ts';
import { until } from './wait.ts';

/** What one call gave: all names are replaced by the placeholders of `tools-cases.ts`. */
export interface ToolOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the cluster has under the case's name afterwards, an element a line. */
  readonly state: readonly string[];
}

export interface Stage {
  readonly testbed: Testbed;
  /** Where the calls are made. */
  readonly guest: Guest;
  readonly other: Guest;
  /** First folder of the PATH: which tools are meant. */
  readonly toolsFolder: string;
  /** Tells this play's attributes from those of other plays in the same cluster. */
  readonly prefix: string;
  /** Calls beside each other: 1 where one may see what another does. Most of a call's time is waiting. */
  readonly atOnce: number;
}

/** A tool that hangs is a result: `timeout` ends with 124. */
const TOOL_SECONDS = 20;
/** For all set-ups, or all calls. */
const PLAY_MINUTES = 5;
const WRITTEN_SECONDS = 45;

/**
 * Plays cases in one container: first what each needs, then their calls, then the cluster is asked what came of them. No
 * case sees another's names, so they can share these phases, and 300 of them take as long as their calls.
 */
export async function play(cases: readonly ToolCase[], stage: Stage): Promise<ToolOutcome[]> {
  const { testbed, guest } = stage;
  const host = await guest.host();
  const run = async (script: readonly string[]): Promise<string> =>
    testbed.feed(host, ['bash', '-s'], { input: script.join('\n'), timeoutMs: PLAY_MINUTES * 60_000 });
  const parts = cases.map((one, index) => ({ one, names: namesOf(stage, index) }));

  await run([definitionOfNext(stage), ...parts.map(({ one, names }) => setUpOf(one, names)), 'wait']);
  await written(stage, host, 'before');
  const calls = parts.map(({ one, names }, index) => callOf(one, names, index));
  const lines = (await run([definitionOfNext(stage), definitionOfCall(stage), ...calls, PRINT]))
    .trim()
    .split('\n');
  await written(stage, host, 'after');
  const cib = await testbed.on('node1', 'cibadmin', '-Q');
  return parts.map(({ names }, index) => ({
    ...parse(lines[index], names),
    state: stateOf(cib, names.own).map(names.take),
  }));
}

interface Names {
  /** The case's own: no other has it. */
  readonly own: string;
  /** Placeholders → names. */
  put(text: string): string;
  /** Names → placeholders. */
  take(text: string): string;
}

function namesOf({ guest, other, prefix }: Stage, index: number): Names {
  const own = `${prefix}x${String(index).padStart(3, '0')}`;
  const names: readonly (readonly [string, string])[] = [
    ['@A@', own],
    ['@NODE@', guest.name],
    ['@OTHER@', other.name],
    ['@LONG@', LONG],
  ];
  return {
    own,
    put: (text) => names.reduce((filled, [placeholder, name]) => filled.replaceAll(placeholder, name), text),
    take: (text) => names.reduce((taken, [placeholder, name]) => taken.replaceAll(name, placeholder), text),
  };
}

const quoted = (command: readonly string[]): string =>
  command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');

/** `next`: waits until there is room for one more beside those that run. */
const definitionOfNext = ({ atOnce }: Stage): string =>
  `next() { while [[ $(jobs -rp | wc -l) -ge ${atOnce} ]]; do wait -n; done; }`;

/** What a tool refuses is refused again by the call itself: so no set-up's exit code is looked at. */
const setUpOf = (one: ToolCase, names: Names): string =>
  one.before.length === 0
    ? ''
    : `next; { ${one.before.map((command) => quoted(command.map(names.put))).join(' && ')}; } </dev/null &`;

/**
 * `call`: runs a command in the container and keeps its exit code, and both outputs in base64, as one line. Not by
 * `podman exec`, which takes longer than the tools.
 */
const definitionOfCall = ({ guest, toolsFolder }: Stage): string => `
  pid=$(podman inspect ${guest.container} --format '{{.State.Pid}}') || exit 1
  cd "$(mktemp -d)" || exit 1
  call() {
    local name=$1
    shift
    timeout ${TOOL_SECONDS} nsenter -t "$pid" --all -- \
      env -i PATH=${toolsFolder}:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 "$@" \
      >"$name.out" 2>"$name.err" </dev/null
    echo "$? $(base64 -w0 "$name.out") , $(base64 -w0 "$name.err") ," >"$name.line"
  }`;

function callOf(one: ToolCase, names: Names, index: number): string {
  const env = Object.entries(one.env).map(([key, value]) => `${key}=${value}`);
  const name = String(index).padStart(3, '0');
  return `next; call ${name} ${quoted([...env, ...one.command].map(names.put))} &`;
}

/** Sorted by their names, which is the cases' order. */
const PRINT = 'wait; cat -- *.line; rm -rf -- "$PWD"';

function parse(line: string | undefined, names: Names): Omit<ToolOutcome, 'state'> {
  const [, exitCode, stdout, stderr] = /^(\d+) (\S*) , (\S*) ,$/.exec(line ?? '') ?? [];
  if (stdout === undefined || stderr === undefined) {
    throw new Error(`Expected an exit code and two outputs, got '${line}'`);
  }
  return {
    exitCode: Number(exitCode),
    stdout: names.take(decode(stdout)),
    stderr: names.take(decode(stderr)),
  };
}

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/**
 * Until the CIB has what the attribute manager was told before: values travel in order, a refresh writes those that wait,
 * and the mark is the last of them.
 */
async function written({ testbed, prefix }: Stage, host: string, phase: string): Promise<void> {
  const { signal } = testbed;
  const mark = `${prefix}mark-${phase}`;
  await testbed.on(host, 'attrd_updater', '-n', mark, '-U', '1');
  await until({ what: `${mark} in the CIB`, seconds: WRITTEN_SECONDS, signal, stepMs: 200 }, async () => {
    await testbed.on(host, 'attrd_updater', '-R');
    const found = await testbed.tryOn(host, 'cibadmin', '-Q', '--xpath', `//status//nvpair[@name='${mark}']`);
    return found.exitCode === 0 ? true : undefined;
  });
  await testbed.settle();
}
