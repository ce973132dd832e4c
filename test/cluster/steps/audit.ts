import { expect, type Step } from '../bench.ts';
import { replicas } from '../bundle.ts';
import { until } from '../wait.ts';

/** A process that ends is a zombie for a moment; one that nobody reaps stays. */
const REAP_SECONDS = 10;

export const noZombies: Step = {
  name: 'audit: no zombies in the containers',
  needs: 'bundle',
  async run({ testbed, bundle, signal }) {
    for (const host of new Set(await Promise.all(replicas.map((replica) => bundle.hostOf(replica))))) {
      let zombies = '';
      await until({ what: `no zombie on ${host}`, seconds: REAP_SECONDS, signal }, async () => {
        const processes = await testbed.on(host, 'ps', '-eo', 'stat,pid,ppid,comm', '--no-headers');
        zombies = processes
          .split('\n')
          .filter((line) => line.startsWith('Z'))
          .join('\n');
        return zombies === '' ? true : undefined;
      }).catch((error: unknown) => {
        throw new Error(`${error instanceof Error ? error.message : error}, got\n${zombies}`, {
          cause: error,
        });
      });
    }
  },
};

/** Lines at error level that a step brings about on purpose: what our own agents say of servers that were killed, frozen, broken. */
const EXPECTED: readonly RegExp[] = [
  /apache\(own-web-server\)\S+ ERROR: Expected the server to run, got no process of it$/,
  /apache\(own-web-server\)\S+ ERROR: Expected a main process, got none, while \d+ of its processes still run/,
  /apache\(own-web-server\)\S+ ERROR: Expected the main process \d+ to run, got it stopped by a signal$/,
  /apache\(own-web-server\)\S+ ERROR: Expected .*Invalid command 'NoSuchDirective'/,
  /nfsserver\(own-nfs-server\)\S+ ERROR: Expected an NFS server to run, got nothing of it$/,
  /process\(own-cache-server\)\S+ ERROR: Expected the application to run, got an end with SIGKILL/,
];

export const noErrorLines: Step = {
  name: 'audit: the daemon logged nothing unexpected at error level',
  needs: 'cluster',
  agent: 'bundlet',
  async run({ agentLogs }) {
    const lines = [...agentLogs.texts].flatMap(([name, text]) =>
      text
        .split('\n')
        .filter((line) => isError(line) && !EXPECTED.some((pattern) => pattern.test(line)))
        .map((line) => `${name}: ${line}`),
    );
    expect(agentLogs.texts.size > 0, 'at least one log of the daemon, got none');
    expect(
      lines.length === 0,
      `no line at error level, got ${lines.length}:\n${lines.slice(0, 20).join('\n')}`,
    );
  },
};

/** PID 1 has no levels; these are the lines that tell of trouble. */
const TROUBLE_OF_INIT =
  /internal error|cannot|restart \d+ of|giving up|not restarted|KILLed|still there|ignored/;
/** Agents write to the same file, `ocf_log` does; an error of Apache that was killed is none of the daemon. */
const LINE_OF_AGENT = /^\w{3} [ \d]\d \d\d:\d\d:\d\d +\S+\(\S+\)\[\d+\]:/;
/** So do Pacemaker's tools in the container, by PCMK_logfile: they fail where a step takes the cluster away. */
const LINE_OF_TOOL = /^\w{3} [ \d]\d \d\d:\d\d:\d\d\.\d{3} \S+ \S+ *\[\d+\] \(/;
const TROUBLE_OF_NODE = /error|fatal|uncaught|segmentation/i;

/** What our own agents say: their errors are ours. */
const LINE_OF_OWN_AGENT = /^\d{4}-\d\d-\d\dT[\d:.]+Z \S+\(\S+\)\[\d+\]: (?<level>[A-Z]+):/;

function isError(line: string): boolean {
  const level = LINE_OF_OWN_AGENT.exec(line)?.groups?.['level'];
  if (level !== undefined) {
    return level === 'ERROR' || level === 'CRIT';
  }
  if (LINE_OF_AGENT.test(line) || LINE_OF_TOOL.test(line)) {
    return false;
  }
  if (!line.startsWith('{')) {
    return (line.startsWith('pcmk-init:') ? TROUBLE_OF_INIT : TROUBLE_OF_NODE).test(line);
  }
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'level' in entry && entry.level === 'error';
  } catch {
    return true; // half a line of JSON is an error of the logger
  }
}
