import type { Host, ProgramResult } from '../../../agents/kit/index.ts';
import type { Clock } from '../../observe/clock.ts';
import type { Exit, Output, Runner, RunnerAccess } from '../runner.ts';
import type { Faults } from './faults.ts';

/** What an agent's host is made of. */
export interface HostParts extends Pick<Host, 'writeOut' | 'writeError' | 'cache'> {
  readonly clock: Clock;
  readonly runner: RunnerAccess;
  readonly faults: Faults;
  /** Of the agent's command: the next daemon finds it at a program that outlived this one. */
  readonly purpose: string | undefined;
  /** Asked when programs would be killed. */
  readonly areProgramsSpared: () => boolean;
  /** Something of the agent goes on until the promise is settled. */
  readonly onBegun: (end: Promise<unknown>) => void;
}

/** An agent inside the daemon stands on this: its programs are those of the daemon's runner, so nothing forks here. */
export function makeHost(parts: HostParts): Host {
  const { writeOut, writeError, cache, clock, faults, onBegun } = parts;
  return {
    writeOut,
    writeError,
    cache,
    clock: { nowMs: () => clock.nowMs(), sleep: (ms, signal) => sleep(clock, ms, signal) },
    run: (program, signal) => {
      const result = faults.outside(() => run(parts, program, signal));
      onBegun(result);
      return result;
    },
    onAction: onBegun,
  };
}

type HostProgram = Parameters<Host['run']>[0];

async function run(
  { runner: access, purpose, areProgramsSpared }: HostParts,
  program: HostProgram,
  signal: AbortSignal,
): Promise<ProgramResult> {
  // Without a turn of the event loop where the runner is there.
  const given = access();
  const runner: Runner = given instanceof Promise ? await given : given;
  if (signal.aborted) {
    return { signal: 'SIGKILL', isTimedOut: false, stdout: '', stderr: '' };
  }
  const { promise, resolve } = Promise.withResolvers<ProgramResult>();
  const command = {
    ...program,
    timeoutMs: Math.min(Math.ceil(program.timeoutMs), Number.MAX_SAFE_INTEGER),
    killScope: 'group',
    // As a process of its own reads it.
    keepsNuls: true,
    ...(purpose === undefined ? {} : { purpose }),
  } as const;
  const running = runner.run(command, (exit, output) => {
    signal.removeEventListener('abort', onAbort);
    resolve(resultOf(exit, output));
  });
  const onAbort = (): void => {
    if (areProgramsSpared()) {
      resolve(resultOf({ kind: 'signalled', signal: 'SIGKILL' }, { stdout: '', stderr: '' }));
    } else {
      running.kill();
    }
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return promise;
}

function resultOf(exit: Exit, output: Output): ProgramResult {
  switch (exit.kind) {
    case 'exited':
      return { code: exit.code, isTimedOut: false, ...output };
    case 'signalled':
      return { signal: exit.signal, isTimedOut: false, ...output };
    case 'timed-out':
      return { signal: 'SIGKILL', isTimedOut: true, ...output };
    case 'not-started':
      return { errno: exit.errno, isTimedOut: false, ...output };
  }
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal.reason);
    };
    const timer = clock.setTimer(ms, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
