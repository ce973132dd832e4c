import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BUILD, MissingError } from './build.ts';
import { processTree } from './memory.ts';
import { KEY, type Stage, StageError } from './namespace.ts';
import { isOutput, type Output } from './session.ts';

/** Between two monitors, in ms: the period is this and what a monitor takes. */
export const MONITOR_INTERVAL_MS = 50;
export const SERVER_STATUS = 'http://127.0.0.1:8088/server-status';

const SERVER = '/usr/sbin/apache2';
/** Of the stage, whose /run is its own. */
const FOLDER = '/run/bench-apache';
const CONFIGURATION = join(BUILD, 'apache.conf');
const TIMEOUT_MS = 20_000;
const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Node runs on

const TEXT = `ServerRoot ${FOLDER}
PidFile ${FOLDER}/apache.pid
Mutex pthread
Listen 127.0.0.1:8088
ServerName localhost
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule status_module /usr/lib/apache2/modules/mod_status.so
User www-data
Group www-data
DocumentRoot ${FOLDER}
ErrorLog ${FOLDER}/error.log
CustomLog ${FOLDER}/access.log "%r"
<Location /server-status>
SetHandler server-status
</Location>
`;

/** A real server in a stage, as something that agents look at. @throws MissingError, StageError */
export async function startServer(stage: Stage): Promise<string> {
  if (!existsSync(SERVER)) {
    throw new MissingError(
      `Expected ${SERVER}, to have something that agents look at: apt-get install apache2`,
    );
  }
  mkdirSync(BUILD, { recursive: true });
  writeFileSync(CONFIGURATION, TEXT);
  // Not by an agent: the server is no child of the daemon then, and all are measured with the same one.
  await stage.run(['sh', '-c', `mkdir -m 755 ${FOLDER} && exec ${SERVER} -f ${CONFIGURATION}`], TIMEOUT_MS);
  return CONFIGURATION;
}

/** Requests that the server has answered. */
export function requestsOf(stage: Stage): number {
  return readFileSync(`/proc/${stage.pid}/root${FOLDER}/access.log`, 'latin1').split('\n').length - 1;
}

/** What has been used of the machine in a stage by now, by everything but the server. */
export interface StageUse {
  readonly cpuMs: number;
  /** The number that was given last, to the process that asked for this: two samples differ by one at least. */
  readonly lastPid: number;
}

const isServer = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'latin1') === 'apache2\n';

/** Processes that live, and what their children used which they have waited for. */
export async function sampleUse(stage: Stage): Promise<StageUse> {
  return { cpuMs: (ticksOf(stage) * 1000) / TICKS_PER_SECOND, lastPid: await lastPid(stage) };
}

/** Looks again where a process ended meanwhile: its time is its parent's then. */
function ticksOf(stage: Stage, attempts = 20): number {
  try {
    return ownProcesses(stage).reduce((sum, pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
      return sum + user + system + childUser + childSystem;
    }, 0);
  } catch (error) {
    if (attempts === 0) {
      throw error;
    }
    return ticksOf(stage, attempts - 1);
  }
}

/** PID 1 and what is below it, without the server. */
export const ownProcesses = (stage: Stage): readonly number[] =>
  processTree(stage.pid).filter((pid) => !isServer(pid));

/** The kernel tells it of the reader's own namespace: so the reader is one more process in there, the last one. */
async function lastPid(stage: Stage): Promise<number> {
  const text = await stage.run(['cat', '/proc/loadavg'], TIMEOUT_MS);
  return Number(text.trim().split(' ').at(-1));
}

/** A controller outside of the stage's processes, so that it is not measured, but inside of its network. */
export interface AgentClient extends AsyncDisposable {
  ask(line: 'once' | 'go' | 'stop'): Promise<Output>;
}

export function startClient(stage: Stage, provider: string, type: string): AgentClient {
  const program = join(import.meta.dirname, 'agent-client.ts');
  const key = `/proc/${stage.pid}/root${KEY}`;
  const words = ['--target', String(stage.pid), '--net', '--', process.execPath, program];
  const child = spawn('nsenter', [...words, key, provider, type, CONFIGURATION], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const late = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await Promise.race([lines.next(), once(late, 'abort')]);
      const value: unknown = 'value' in answer && !answer.done ? JSON.parse(answer.value) : undefined;
      if (!isOutput(value)) {
        throw new StageError(`Expected the client to obey "${line}" within ${TIMEOUT_MS} ms; it did not`);
      }
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      const ended = once(child, 'exit');
      const late = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
      await ended;
      clearTimeout(late);
    },
  };
}
