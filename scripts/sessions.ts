// Runs the terminal sessions of the docs for real and puts what they showed where the docs have
// `<!-- session: NAME -->`. `npm run sessions`, as root on Debian with memcached, curl and python3.
//
// docs/sessions/NAME.sh has a command a line; NAME.setup.sh is run before, unseen. Each session has PID, mount, network and
// IPC namespaces of its own, an empty /run and /dev/shm, and the built Bundlet in its PATH.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '..');
const folder = join(checkout, 'docs/sessions');
const MARK = /(<!-- session: (\w+) -->\n)[\s\S]*?(<!-- end of session -->)/g;
const LIMIT_MS = 60_000;

/** What a session showed: each command behind a `$`, and what it printed. */
async function play(name: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'session-'));
  try {
    const commands = (await readFile(join(folder, `${name}.sh`), 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const script = [
      'mount -t tmpfs none /run && mount -t tmpfs none /dev/shm && ip link set lo up',
      `export PATH='${join(checkout, 'build/root/usr/bin')}:${join(checkout, 'build/root/usr/sbin')}':$PATH`,
      // What job control says is of no interest.
      'set +m',
      `cd '${scratch}'`,
      `. '${join(folder, `${name}.setup.sh`)}' >/dev/null 2>&1`,
      ...commands.map((command) => `cat <<'COMMAND'\n$ ${command}\nCOMMAND\n${command}\necho`),
    ].join('\n');
    const child = spawn(
      'unshare',
      ['--pid', '--mount', '--net', '--ipc', '--fork', '--mount-proc', '--kill-child', 'bash', '-c', script],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], NO_COLOR: '1', TZ: 'UTC' },
        timeout: LIMIT_MS,
      },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
    }
    await once(child, 'close');
    return text.replaceAll(`${scratch}/`, '/srv/').replaceAll(scratch, '/srv').trimEnd();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const played = new Map<string, string>();
for await (const file of glob('*.sh', { cwd: folder })) {
  const name = basename(file, '.sh');
  if (!name.endsWith('.setup')) {
    played.set(name, await play(name));
  }
}
for await (const page of glob('docs/**/*.md', { cwd: checkout })) {
  const path = join(checkout, page);
  const text = await readFile(path, 'utf8');
  const changed = text.replaceAll(MARK, (_all, begin: string, name: string, end: string) => {
    const session = played.get(name);
    if (session === undefined) {
      throw new Error(`Expected a session docs/sessions/${name}.sh for ${page}, got none`);
    }
    return `${begin}\`\`\`console\n${session}\n\`\`\`\n${end}`;
  });
  if (changed !== text) {
    await writeFile(path, changed);
  }
}
