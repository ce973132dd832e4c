// Bundlet's nfsserver with the NFS server of a real kernel. See README.md; `npm run test:nfs`.
import { type Case, Stage } from './case.ts';
import { containerCases } from './cases/containers.ts';
import { faultCases } from './cases/faults.ts';
import { serviceCases } from './cases/service.ts';
import { stateCases } from './cases/state.ts';
import { Guest } from './guest.ts';
import { HELP, type Options, parseOptions } from './options.ts';

/** All of it, on a busy machine. */
const LIMIT_MS = 25 * 60_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    process.stderr.write(`nfs-vm: ${(error as Error).message}\n`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2));
  if (options === undefined || options.help) {
    say(HELP);
    return options === undefined ? 64 : 0;
  }
  const { testbed, home, only } = options;
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(LIMIT_MS)]);
  const cases = [...containerCases, ...serviceCases, ...faultCases, ...stateCases];
  const chosen = cases.filter(({ name }) => only === undefined || only.test(name));
  const guest = await Guest.boot(testbed, home, signal);
  try {
    return await runAll(chosen, new Stage(guest, signal));
  } finally {
    await guest.end();
  }
}

async function runAll(cases: readonly Case[], stage: Stage): Promise<number> {
  let failed = 0;
  for (const { name, run } of cases) {
    const start = performance.now();
    try {
      await run(stage);
      await stage.expectNothingLeft();
      say(`ok   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      stage.signal.throwIfAborted();
      failed += 1;
      say(`FAIL ${name}\n     ${(error as Error).message.trim().replaceAll('\n', '\n     ')}`);
      await clean(stage);
    }
  }
  say(`${cases.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** So that one failure is one failure. */
async function clean(stage: Stage): Promise<void> {
  await stage.trySh(`echo 0 > /proc/fs/nfsd/threads
for name in rpc.mountd rpc.statd nfsdcld sm-notify rpcbind; do kill -9 $(pidof $name); done
exportfs -au; umount -l /run/rpc_pipefs /var/lib/nfs/rpc_pipefs /proc/fs/nfsd
rm -rf /run/bundlet/agents; true`);
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`nfs-vm: ${error.message}\n`);
  return 1;
});
