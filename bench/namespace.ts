import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

export type Setting = 'as-deployed' | 'quickack';

/** Where the key lies inside every stage: 4,096 random bytes, new each time. */
export const KEY = '/run/bench-authkey';

const SCRIPT = `${import.meta.dirname}/stage.sh`;
const READY_MS = 10_000;
const ENDING_MS = 3000;

/** Nothing of the caller's environment gets in: NODE_OPTIONS or PCMK_* would change what is measured. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  PCMK_logfile: 'none',
  PCMK_logfacility: 'none',
};

export interface StageSettings {
  readonly setting: Setting;
  readonly agents: string;
  readonly daemonOutput: string;
  /** Becomes PID 1 of the stage; without it a shell is, which only reaps. */
  readonly command?: readonly string[];
}

/** Private network, mount and process namespaces in which one daemon at a time is measured. */
export interface Stage extends AsyncDisposable {
  readonly setting: Setting;
  /** The stage's PID 1, as seen from outside. */
  readonly pid: number;
  /** Runs a program inside and gives its standard output; throws when it fails or takes too long. */
  run(command: readonly string[], timeoutMs: number): Promise<string>;
}

/** A program that ran inside a stage did not do its work. */
export class StageError extends Error {}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const firstChild = (pid: number): number => {
  const child = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  if (!Number.isInteger(child) || child <= 0) {
    throw new StageError('Expected PID 1 of the stage to stay; it ended at once (see --daemon-output)');
  }
  return child;
};

/** Dies with the bench, even when that is killed, and takes everything inside with it. */
const UNSHARE = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'],
] as const;

export const openStage = async (settings: StageSettings): Promise<Stage> => {
  const { setting, agents, daemonOutput, command = [] } = settings;
  const [setpriv, ...words] = UNSHARE;
  const keeper = execa(setpriv, [...words, 'sh', SCRIPT, setting, agents, daemonOutput, ...command], {
    env: ENVIRONMENT,
    extendEnv: false,
    stdin: 'pipe',
    buffer: { stdout: false, stderr: true },
    reject: false,
    killSignal: 'SIGKILL', // unshare ignores the gentle ones while its child runs
  });
  const ended = keeper.then((result) => {
    throw new StageError(
      `Expected the stage to stay; it ended (${result.exitCode ?? result.signal}): ${result.stderr}`,
    );
  });
  ended.catch(() => undefined); // only of interest while somebody waits for it
  const ready = new Promise<void>((resolve) => keeper.stdout.once('data', () => resolve()));
  const late = sleep(READY_MS, undefined, { ref: false }).then(() => {
    throw new StageError(`Expected the stage to be ready within ${READY_MS} ms`);
  });
  late.catch(() => undefined);
  const dispose = async (): Promise<void> => {
    keeper.stdin.end(); // the stage ends in order, if it can
    const late = setTimeout(() => keeper.kill('SIGKILL'), ENDING_MS); // with --kill-child this ends everything inside
    await keeper;
    clearTimeout(late);
  };
  try {
    await Promise.race([ready, ended, late]);
    if (keeper.pid === undefined) {
      throw new StageError('Expected unshare to start');
    }
    const pid = firstChild(keeper.pid);
    return {
      setting,
      pid,
      run: (words, timeoutMs) => runInside(pid, words, timeoutMs),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
};

const runInside = async (pid: number, command: readonly string[], timeoutMs: number): Promise<string> => {
  const words = ['--target', String(pid), '--net', '--mount', '--pid', '--', ...command];
  try {
    // The caller closes the stage after a failure, which ends what nsenter has started.
    const { stdout } = await execa('nsenter', words, {
      env: ENVIRONMENT,
      extendEnv: false,
      stdin: 'ignore',
      timeout: timeoutMs,
      forceKillAfterDelay: 1000,
    });
    return stdout;
  } catch (error) {
    throw new StageError(message(error), { cause: error });
  }
};
