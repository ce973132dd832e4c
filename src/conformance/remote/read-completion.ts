import type { Completion } from '../../client/index.ts';
import { OCF, STATUS } from '../../standards/result.ts';
import type { Call, CallEnd } from '../caller.ts';
import type { RunEnd } from '../run.ts';
import type { Subject } from '../subject.ts';

/** Actions whose output is their answer. */
const ANSWERING: ReadonlySet<string> = new Set(['meta-data', 'usage', 'help', 'methods']);

/** The status of an init script that a code of class ocf was made of; of several the usual one [protocol 5.12, LSB result mapping]. */
const LSB_STATUS: Readonly<Record<number, number>> = {
  [OCF.ok]: 0,
  [OCF.notRunning]: 3,
  [OCF.notInstalled]: 150,
  [OCF.insufficientPrivileges]: 151,
};
const LSB_UNKNOWN = 4;

/** What a daemon tells of an action, as far as it tells it: codes as it maps them, and one text for both outputs. */
export function readCompletion(subject: Subject, call: Call, done: Completion): CallEnd {
  const { exitReason, execTimeMs } = done;
  const output = withLines(done.output ?? '');
  const isAnswer = ANSWERING.has(call.action);
  return {
    end: endOf(subject, call, done),
    stdout: isAnswer ? output : '',
    stderr: isAnswer ? '' : output,
    ...(exitReason === undefined ? {} : { exitReason }),
    ms: execTimeMs,
    heldMs: 0,
  };
}

/** Daemons up to 2.1.5 escape what is not printable [pcmk xml.c: crm_xml_escape]; whoever prints lines would have sent real ends of them. */
function withLines(output: string): string {
  if (output.includes('\n') || !output.includes('\\n')) {
    return output;
  }
  return output.replace(/\\(?:([nt])|([0-3][0-7]{2}))/g, (_, letter: string | undefined, octal: string) =>
    letter === undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : letter === 'n' ? '\n' : '\t',
  );
}

function endOf(
  { class: checked }: Subject,
  { action, timeoutMs, options }: Call,
  { rc, status }: Completion,
): RunEnd {
  switch (status) {
    case STATUS.timedOut:
      return options.killAfterMs === undefined
        ? { kind: 'timed-out', limitMs: timeoutMs }
        : { kind: 'killed' };
    case STATUS.cancelled:
      return { kind: 'killed' };
    default: {
      const isStatus = checked === 'lsb' && action === 'status';
      return { kind: 'exited', code: isStatus ? (LSB_STATUS[rc] ?? LSB_UNKNOWN) : rc };
    }
  }
}
