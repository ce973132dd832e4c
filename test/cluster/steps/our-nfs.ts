import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { EXAMPLE_IMAGES, OWN_NFS } from '../agents.ts';
import { type Bench, expect, type Step } from '../bench.ts';
import { resultOf } from '../cluster-log.ts';
import { loadExample } from '../example-bundle.ts';
import { Guest } from '../guest.ts';
import { NfsClient } from '../nfs-client.ts';
import { mustBeSeen } from './remote.ts';
import { stopOrder } from './stop.ts';

const ADDRESS = '10.77.0.161';
const SERVER = `${OWN_NFS}-server`;
const READY_SECONDS = 90;

/** The example's grace period of 10 s, and what else there is to wait for. */
const WRITE_SECONDS = 45;

/** It begins on this node, and does not go back there after the node's crash. */
const FIRST_NODE = 'node2';
const PREFERENCE = 'own-nfs-first-node';

const guestOf = ({ testbed }: Bench): Guest => new Guest(testbed, OWN_NFS, 0);
const clientOf = ({ testbed }: Bench): NfsClient => new NfsClient(testbed, `nfs://${ADDRESS}/data`);

/** A folder of the machine is what all nodes see, as they would a cluster file system. */
const shareOf = ({ repository }: Bench): string => `${repository}/build/cluster-nfs`;

export const nfsStart: Step = {
  name: 'nfs: a server in a container of NFS-Ganesha and Bundlet alone, a client writes by the bundle’s address',
  needs: 'cluster',
  provides: 'nfs',
  agent: 'bundlet',
  async run(bench) {
    const { agent, figures, log, testbed } = bench;
    const shared = shareOf(bench);
    mustBeSeen([shared]);
    rmSync(shared, { recursive: true, force: true });
    mkdirSync(`${shared}/state`, { recursive: true });
    mkdirSync(`${shared}/data`);
    chmodSync(`${shared}/data`, 0o1777); // root of a client comes as nobody

    const beganMs = Date.now();
    await loadExample(bench, {
      example: 'nfs',
      id: OWN_NFS,
      address: ADDRESS,
      image: EXAMPLE_IMAGES.nfs,
      options: agent.options,
      shared,
    });
    const prefer = ['constraint', 'location', 'add', PREFERENCE, OWN_NFS, FIRST_NODE, '100'];
    await testbed.on('node1', 'pcs', ...prefer);
    await guestOf(bench).waitRole('Started', READY_SECONDS);
    await testbed.settle();
    const started = await log().wait(resultOf('start', SERVER), beganMs, 5);
    figures.add('own-nfs: configured → Started', started.timeMs - beganMs);
    await clientOf(bench).write('first', WRITE_SECONDS);
  },
};

export const nfsKill: Step = {
  name: 'nfs: the server is killed, Started again in the same container, the file is still there',
  needs: 'nfs',
  agent: 'bundlet',
  async run(bench) {
    const { figures, log, testbed } = bench;
    const guest = guestOf(bench);
    const before = await guest.identity();
    const servers = await guest.processes('ganesha.nfsd');
    expect(servers.length === 1, `one server in the container, got ${servers.length}`);
    const killedMs = Date.now();
    process.kill(servers[0] ?? Number.NaN, 'SIGKILL');
    const failed = resultOf('monitor', SERVER, 'not running|error');
    const detected = await log().wait(failed, killedMs, READY_SECONDS);
    const started = await log().wait(resultOf('start', SERVER), killedMs, READY_SECONDS);
    figures.add('own-nfs: killed → failure detected', detected.timeMs - killedMs);
    figures.add('own-nfs: failure detected → Started again', started.timeMs - detected.timeMs);
    await testbed.settle();
    await clientOf(bench).write('second', WRITE_SECONDS);
    figures.add('own-nfs: killed → a client writes again', Date.now() - killedMs);
    await clientOf(bench).mustHave('first');
    const after = await guest.identity();
    expect(after === before, `the same container, ${before}, got ${after}`);
  },
};

export const nfsCrash: Step = {
  name: 'nfs: the server’s node crashes, Started on the other from the shared state, files are there; node back',
  needs: 'nfs',
  agent: 'bundlet',
  async run(bench) {
    const { figures, log, testbed } = bench;
    const guest = guestOf(bench);
    expect((await guest.host()) === FIRST_NODE, `the server to be on ${FIRST_NODE}`);
    const crashedMs = Date.now();
    await testbed.command('crash', FIRST_NODE);
    const started = await log().wait(resultOf('start', SERVER), crashedMs, READY_SECONDS);
    figures.add('own-nfs: node crashed → Started on the other', started.timeMs - crashedMs);
    await testbed.settle();
    expect((await guest.host()) === 'node1', 'the server to be on node1');
    await clientOf(bench).write('third', WRITE_SECONDS);
    figures.add('own-nfs: node crashed → a client writes again', Date.now() - crashedMs);
    await clientOf(bench).mustHave('first');
    await clientOf(bench).mustHave('second');

    await testbed.on('node1', 'pcs', 'constraint', 'remove', PREFERENCE);
    await testbed.command('start', FIRST_NODE);
    await testbed.wait("crm_mon -1 | grep -q 'Online: \\[ node1 node2 \\]'", 60);
    await testbed.settle();
    await clientOf(bench).mustHave('third');
  },
};

export const nfsStop: Step = {
  name: 'nfs: stopped in order and quickly, nothing is left',
  needs: 'nfs',
  agent: 'bundlet',
  async run(bench) {
    const { agent, figures, testbed } = bench;
    const guest = guestOf(bench);
    const host = await guest.host();
    const beganMs = Date.now();
    await testbed.on('node1', 'pcs', 'resource', 'disable', OWN_NFS, '--wait=60');
    const names = { application: SERVER, guest: guest.name, container: guest.container };
    const { stoppedMs, goneMs } = await stopOrder(bench, names, beganMs);
    figures.add('own-nfs: disabled → server stopped', stoppedMs);
    figures.add('own-nfs: server stopped → container gone', goneMs);
    const limit = agent.stopLimitMs ?? Number.POSITIVE_INFINITY;
    expect(goneMs < limit, `the container to stop in ${limit} ms, got ${goneMs} ms`);
    const left = await testbed.on(
      host,
      'sh',
      '-c',
      `pgrep -l ganesha; podman ps -aq --filter name=${OWN_NFS}; ip -o address | grep ' ${ADDRESS}/'; grep ganesha /proc/mounts; true`,
    );
    expect(left === '', `no process, container, address or mount of it on ${host}, got\n${left}`);
    await testbed.on('node1', 'pcs', 'resource', 'delete', OWN_NFS);
    await testbed.settle();
    rmSync(shareOf(bench), { recursive: true });
  },
};
