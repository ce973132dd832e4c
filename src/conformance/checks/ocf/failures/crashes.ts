import type { Check } from '../../../check.ts';
import { describeProcesses, ServiceWatch } from '../../../service-watch.ts';
import { DEAD, expectDead, expectStop, expectUp, judgeDead, OK } from '../expectations.ts';

/** Kinds of processes that FAIL-13 kills. */
const KINDS_LIMIT = 5;

/** What a crash of the service must look like to a cluster, and that it recovers. */
export const CRASH_CHECKS: readonly Check[] = [
  {
    id: 'FAIL-01',
    class: 'ocf',
    level: 'must',
    title: 'monitor of a killed service gives 7 or 1 within its timeout',
    why: 'A cluster learns of a crash from monitor alone. As long as it gives 0 the service stays down, and nobody does anything about it.',
    source: 'OCF 1.1, monitor: 0 is running, 7 cleanly stopped, everything else failed',
    remedy:
      'Find out whether the process is there, by its PID file and what /proc says of that process, or by a request; not whether a file exists.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const { all, mains } = await watch.start();
      watch.requireCrash(all);
      await watch.crash();
      await expectDead(watch, 'after kill -9 of all of it');
      if (trial.subject.cases.crash === undefined && mains.length === 1 && all.length > 1) {
        await killMainAlone(watch);
      }
    },
  },
  {
    id: 'FAIL-02',
    class: 'ocf',
    level: 'must',
    title: 'a killed service comes back by start, and by stop and start, and nothing of the old one stays',
    why: 'Recovery is stop and start; after a clean-up of the resource it is start alone. A service that does not come back so moves away, and ends in fencing where stop fails.',
    source: 'OCF 1.1, start and stop; Pacemaker recovers a failed resource by stop and start',
    remedy:
      'Let start and stop take away what a crash leaves: orphaned processes, stale PID files, sockets, locks.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      watch.requireCrash((await watch.start()).all);
      await watch.crash();
      await expectUp(trial, 'after kill -9 of all of it');
      const { mains, all } = await watch.startAnew();
      if (trial.subject.cases.crash === undefined && all.length > mains.length) {
        await watch.kill(mains);
        await expectStop(watch, 'after kill -9 of its main process');
        await expectUp(trial, 'after kill -9 of its main process and stop');
        await startBesideOrphans(watch);
      } else {
        await watch.crash();
        await expectStop(watch, 'after a crash');
        await expectUp(trial, 'after a crash and stop');
      }
    },
  },
  {
    id: 'FAIL-03',
    class: 'ocf',
    level: 'should',
    title: 'monitor of a service that SIGSTOP has frozen fails before its timeout',
    why: 'A process that is there and does nothing is as bad as none. A monitor that hangs with it is reported as a timeout, late and without a word of what is wrong.',
    source: 'OCF 1.1, monitor; seen with heartbeat:apache and ganesha-nfs, whose monitors hang or give 0',
    remedy: 'Ask the service for something, with a time limit of its own well below that of the action.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      watch.requireProcesses((await watch.start()).all);
      await watch.freeze();
      const monitor = await trial.run('monitor');
      await watch.thaw();
      await judgeDead(watch, monitor, 'of a frozen service');
    },
  },
  {
    id: 'FAIL-04',
    class: 'ocf',
    level: 'should',
    title: 'a service that is only a zombie is not running: monitor gives 7 or 1, stop gives 0',
    why: 'In containers the first process often reaps nobody, and a dead service keeps its number for ever. Monitor then lies, and a stop that waits for the number to vanish fails, which means fencing.',
    source: 'proc(5), state Z; seen with heartbeat:apache: monitor 0, stop 1 after 43 s',
    remedy: 'Look at the state in /proc/PID/stat, or ask the service; kill -0 succeeds for zombies.',
    needs: ['processes'],
    init: 'none',
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const { all, mains } = await watch.start();
      watch.requireProcesses(all);
      await watch.kill();
      const zombies = (await trial.place.processes()).filter(({ state }) => state === 'Z');
      if (!mains.some(({ pid }) => zombies.some((zombie) => zombie.pid === pid))) {
        trial.skip('Its main process becomes no zombie here: somebody waits for it');
      }
      const monitor = await trial.run('monitor');
      const stop = await trial.run('stop');
      trial.judge(stop, { rc: OK, when: 'of a zombie' });
      await judgeDead(watch, monitor, 'of a zombie');
    },
  },
  {
    id: 'FAIL-12',
    class: 'ocf',
    level: 'should',
    title: 'stop of a service that SIGSTOP has frozen gives 0 within its timeout and leaves no process',
    why: 'A service hangs, monitor says so, and stop comes next. If that waits for the service to do its part, the node is fenced.',
    source: 'OCF 1.1, stop: may use force; Pacemaker fences a node on which stop has failed',
    remedy: 'Ask once, wait for a part of the timeout, then use SIGKILL: it ends frozen processes as well.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      watch.requireProcesses((await watch.start()).all);
      await watch.freeze();
      await expectStop(watch, 'of a frozen service');
    },
  },
  {
    id: 'FAIL-13',
    class: 'ocf',
    level: 'should',
    title: 'whichever process of it is killed, stop gives 0 and leaves none',
    why: 'When memory runs out the kernel kills one process, not all. A stop that fails then, or leaves the others, ends in fencing or in two services.',
    source: 'OCF 1.1, stop: nothing is left active',
    remedy:
      'End all processes of the service, by its group, its cgroup or as children, and not just one number.',
    needs: ['processes'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      const { all } = await watch.start();
      if (all.length < 2) {
        trial.skip('It has not more than one process');
      }
      // One of a kind: a hundred equal workers tell no more than one.
      for (const kind of [...new Set(all.map(({ command }) => command))].slice(0, KINDS_LIMIT)) {
        const victim = (await watch.startAnew()).all.findLast(({ command }) => command === kind);
        if (victim !== undefined) {
          await watch.kill([victim]);
          await expectStop(watch, `after kill -9 of ${describeProcesses([victim])} alone`);
        }
      }
    },
  },
];

/** Other processes may serve on, and monitor is right then to give 0: a fault only where it is known that they don't. */
async function killMainAlone(watch: ServiceWatch): Promise<void> {
  const { trial } = watch;
  await watch.kill((await watch.startAnew()).mains);
  const when = 'after kill -9 of its main process alone';
  const monitor = await trial.run('monitor');
  if (monitor.rc !== 0) {
    trial.judge(monitor, { rc: DEAD, when });
  } else if ((await watch.works()) === false) {
    trial.judge(monitor, {
      rc: DEAD,
      when: `${when}, where "works" of the cases says that it does not work`,
    });
  } else if ((await watch.remains()).length === 0) {
    await expectDead(watch, `${when}, and the end of the others`);
  } else {
    trial.note(`Monitor gives 0 ${when}: others of it live on`);
  }
}

/** Who says that it is cleanly stopped says that start is all that it takes. */
async function startBesideOrphans(watch: ServiceWatch): Promise<void> {
  const { trial } = watch;
  await watch.kill((await watch.startAnew()).mains);
  const probe = await trial.run('monitor', { intervalMs: 0 });
  const orphans = await watch.live();
  if (probe.rc !== 7 || orphans.length === 0) {
    return;
  }
  await expectUp(trial, 'after kill -9 of its main process, where a probe gave 7');
  const staying = await watch.remains(orphans);
  if (staying.length > 0) {
    trial.fail({ expected: 'no process of the old service', seen: describeProcesses(staying) }, probe);
  }
}
