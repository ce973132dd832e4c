import { constants } from 'node:os';
import { hangSummary } from '../process/hang.ts';
import type { Exit, Output } from '../process/runner.ts';
import { exitReasonIn } from './exit-reason.ts';
import { type ActionResult, OCF, plainResult, STATUS } from './result.ts';

/** errno words that mean that there is no such agent [pcmk services_linux.c: services__handle_exec_error]. */
const NOT_INSTALLED: ReadonlySet<string> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'EINVAL', 'ENOEXEC']);
/** errno words of a system that has no process or descriptor left: the agent was not even reached. */
const NO_ROOM: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);
const NO_PRIVILEGE: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

const ERRNO_TEXTS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EINVAL: 'Invalid argument',
  ENOEXEC: 'Exec format error',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EMFILE: 'Too many open files',
  ENFILE: 'Too many open files in system',
  ENOMEM: 'Cannot allocate memory',
  EAGAIN: 'Resource temporarily unavailable',
  ELOOP: 'Too many levels of symbolic links',
  ENAMETOOLONG: 'File name too long',
  E2BIG: 'Argument list too long',
};

/** Texts of strsignal(3) for the signals that end agents. */
const SIGNAL_TEXTS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'Aborted',
  SIGALRM: 'Alarm clock',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGHUP: 'Hangup',
  SIGILL: 'Illegal instruction',
  SIGINT: 'Interrupt',
  SIGKILL: 'Killed',
  SIGPIPE: 'Broken pipe',
  SIGQUIT: 'Quit',
  SIGSEGV: 'Segmentation fault',
  SIGSYS: 'Bad system call',
  SIGTERM: 'Terminated',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGUSR1: 'User defined signal 1',
  SIGUSR2: 'User defined signal 2',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
};

/** The text of an errno word, as strerror(3) has it; the word itself where it is a rare one. */
export function errnoText(errno: string): string {
  return ERRNO_TEXTS[errno] ?? errno;
}

/** A file that can't be looked at, or a process that can't be made [protocol 5.12, table of failures]. */
export function lookupFailure(name: string, errno: string): ActionResult {
  const text = errnoText(errno);
  if (NOT_INSTALLED.has(errno)) {
    return plainResult(OCF.notInstalled, STATUS.notInstalled, `${name}: ${text}`);
  }
  if (NO_PRIVILEGE.has(errno)) {
    return plainResult(OCF.insufficientPrivileges, STATUS.error, `${name}: ${text}`);
  }
  return plainResult(OCF.error, STATUS.error, text);
}

/** Whatever keeps an OCF agent from being found, it counts as not installed [pcmk services_ocf.c]. */
export function ocfLookupFailure(name: string, errno: string): ActionResult {
  return plainResult(OCF.notInstalled, STATUS.notInstalled, `${name}: ${errnoText(errno)}`);
}

/** How long, as Pacemaker 3.x writes it: `500ms`, `20s`, `1.500s`, `1m40s`. */
export function readableDuration(ms: number): string {
  if (ms < 1000) {
    return `${ms}ms`;
  }
  const seconds = Math.floor(ms / 1000);
  const rest = ms % 1000;
  if (rest !== 0 && seconds < 60) {
    return `${seconds}.${String(rest).padStart(3, '0')}s`;
  }
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}

/** What differs between the classes in reading the end of a process. */
export interface ProcessReading {
  /** The action's own limit, for the reason of a timeout; milliseconds. */
  readonly timeoutMs: number;
  /** What an exit status means. */
  rcOf(code: number): number;
  /** The agent's own words about a failure, if the class has such. */
  exitReasonOf?(stderr: string): string | undefined;
}

/** What the end of an agent's process means. */
export function processResult(exit: Exit, output: Output, reading: ProcessReading): ActionResult {
  const text = reportedOutput(output);
  const withOutput = text === undefined ? {} : { output: text };
  switch (exit.kind) {
    case 'exited': {
      const exitReason = reading.exitReasonOf?.(output.stderr);
      const result = { rc: reading.rcOf(exit.code), status: STATUS.done, rawRc: exit.code, ...withOutput };
      return exitReason === undefined ? result : { ...result, exitReason };
    }
    case 'signalled': {
      const name =
        SIGNAL_TEXTS[exit.signal] ??
        `Unknown signal ${constants.signals[exit.signal] ?? exit.signal.slice('SIG'.length)}`;
      return {
        ...plainResult(OCF.error, STATUS.error, `Resource agent interrupted by ${name} signal`),
        ...withOutput,
      };
    }
    case 'timed-out': {
      const reason = `Resource agent did not complete within ${readableDuration(reading.timeoutMs)}`;
      const { hang } = exit;
      const where = hang === undefined ? '' : hangSummary(hang);
      return {
        ...plainResult(OCF.error, STATUS.timedOut, where === '' ? reason : `${reason}; ${where}`),
        ...withOutput,
        ...(hang === undefined ? {} : { hang }),
      };
    }
    case 'not-started': {
      if (NO_ROOM.has(exit.errno)) {
        return plainResult(OCF.error, STATUS.error, errnoText(exit.errno));
      }
      // The file was there a moment ago: this is what the C daemon's child says when its exec fails.
      const rc = lookupFailure('', exit.errno).rc;
      return plainResult(rc, STATUS.done, 'Child process was unable to execute file');
    }
  }
}

/** Exit statuses that OCF agents may give; all others become 1 [protocol 5.10]. */
function ocfRc(code: number): number {
  return (code >= 0 && code <= 9) || code === OCF.degraded || code === OCF.degradedPromoted
    ? code
    : OCF.error;
}

/** What the end of an OCF agent's process means. */
export function ocfProcessResult(exit: Exit, output: Output, timeoutMs: number): ActionResult {
  return processResult(exit, output, { timeoutMs, rcOf: ocfRc, exitReasonOf: exitReasonIn });
}

/** Standard error if the agent wrote any, otherwise standard output [pcmk execd_commands.c, since d9cc751]. */
export function reportedOutput(output: Output): string | undefined {
  const text = output.stderr === '' ? output.stdout : output.stderr;
  return text === '' ? undefined : text;
}
