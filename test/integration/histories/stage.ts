// The built daemon with its controllers, and the three histories.
import { readFileSync } from 'node:fs';
import { Secret } from '../../../src/client/index.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { HOST, type RunningDaemon, startDaemon } from '../daemon/support.ts';
import { faultsIn } from './checker.ts';
import { RecordedController } from './controller.ts';
import type { Asked, History, List } from './history.ts';
import { readLedger, uptimeMs } from './ledger.ts';
import { askExec, askList, askPoke, askRegister, askUnregister, type Order, TYPES } from './requests.ts';

export const RESOURCES = ['r1', 'r2', 'r3', 'r4'] as const;
export const SLOTS = ['A', 'B', 'C'] as const;
export type Slot = (typeof SLOTS)[number];

/** Longer than any interval of a schedule: what was forgotten to be cancelled shows meanwhile. */
const AFTERMATH = 'aftermath';

const PLAIN: Omit<Order, 'rscId' | 'action'> = {
  ...{ intervalMs: 0, behaviour: 'exit', status: 0, startDelayMs: 0, origOnly: false, changesOnly: false },
};

export class Stage implements AsyncDisposable {
  readonly #daemon: RunningDaemon;
  readonly #asked: Asked[] = [];
  readonly #open = new Map<string, RecordedController>();
  readonly #all: RecordedController[] = [];
  #tags = 0;
  #ended = 0;

  static async open(): Promise<Stage> {
    return new Stage(await startDaemon());
  }

  private constructor(daemon: RunningDaemon) {
    this.#daemon = daemon;
  }

  /** @throws when nobody is connected there. */
  at(slot: string): RecordedController {
    const controller = this.#open.get(slot);
    if (controller === undefined) {
      throw new Error(`Expected a controller at ${slot}`);
    }
    return controller;
  }

  async connect(slot: string): Promise<RecordedController> {
    const { port, keyFile } = this.#daemon;
    const key = new Secret(readFileSync(keyFile));
    const name = `${slot}${this.#all.length}`;
    const controller = await RecordedController.connect({ host: HOST, port, key }, name, (asked) => {
      this.#asked.push(asked);
    });
    this.#open.set(slot, controller);
    this.#all.push(controller);
    return controller;
  }

  /** Leaves, and waits until the daemon knows: who comes next finds it so. */
  async disconnect(slot: string): Promise<void> {
    await this.at(slot).close();
    this.#open.delete(slot);
    this.#ended += 1;
    await this.#daemon.logged('session.ended', this.#ended);
    if (this.#open.size === 0) {
      const callId = Math.max(0, ...this.#asked.map((asked) => asked.callId)) + 0.5;
      const nowMs = uptimeMs();
      this.#asked.push({
        ...{ what: 'all-left', callId, controller: slot, rc: 0, sentMs: nowMs, repliedMs: nowMs },
      });
    }
  }

  exec(by: RecordedController, order: Order): string {
    this.#tags += 1;
    const tag = `t${this.#tags}`;
    askExec(by, order, tag, this.#daemon.scratch);
    return tag;
  }

  history(): History {
    return {
      asked: [...this.#asked].sort((one, other) => one.callId - other.callId),
      unanswered: this.#all.flatMap((controller) => controller.unanswered()),
      runs: [...RESOURCES, AFTERMATH].flatMap((rscId) => readLedger(this.#daemon.scratch, rscId)),
      streams: this.#all.map((controller) => controller.stream()),
    };
  }

  /** Lets everything come to its end, takes it all away, and sees whether anything comes after. */
  async finish(): Promise<History> {
    const arbiter = await this.connect('Z');
    await this.#pokeAll();
    const known = await this.#throughQueues(arbiter);
    const lists = await this.#lists(arbiter, known);
    await Promise.all(lists.map((list) => this.#runsOn(list)));
    for (const rscId of known) {
      askUnregister(arbiter, rscId);
    }
    askRegister(arbiter, AFTERMATH, TYPES[0], false);
    await this.#resultOf(
      this.exec(arbiter, { ...PLAIN, rscId: AFTERMATH, action: 'start', behaviour: 'slow' }),
    );
    await this.#resultOf(
      this.exec(arbiter, { ...PLAIN, rscId: AFTERMATH, action: 'stop', behaviour: 'slow' }),
    );
    await this.#pokeAll();
    // What is in flight without a resource ends when it likes: only what stays lost is a fault.
    await attempt(() => !faultsIn(this.history()).some((fault) => fault.includes(': lost ')));
    return this.history();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open.values()].map((controller) => controller.close()));
    await this.#daemon[Symbol.asyncDispose]();
  }

  async #pokeAll(): Promise<void> {
    for (const controller of this.#open.values()) {
      askPoke(controller);
      await controller.answered();
    }
  }

  /** One more operation behind all others of each resource: when it is done, so are they. */
  async #throughQueues(arbiter: RecordedController): Promise<string[]> {
    const tags = new Map<string, string>(
      RESOURCES.map((rscId) => [rscId, this.exec(arbiter, { ...PLAIN, rscId, action: 'validate-all' })]),
    );
    await arbiter.answered();
    const known = this.#asked.flatMap((asked) =>
      asked.what === 'exec' && asked.rc > 0 && tags.get(asked.rscId) === asked.tag ? [asked] : [],
    );
    await Promise.all(known.map(({ tag }) => this.#resultOf(tag)));
    return known.map(({ rscId }) => rscId);
  }

  async #lists(arbiter: RecordedController, known: readonly string[]): Promise<List[]> {
    const lists: List[] = [];
    for (const rscId of known) {
      askList(arbiter, rscId, true, (list) => lists.push(list));
    }
    await arbiter.answered();
    return lists;
  }

  /** A recurring operation goes on; one that does not is told by a lost result. */
  async #runsOn({ rscId, listed }: List): Promise<void> {
    for (const { action, intervalMs } of listed) {
      const count = (): number =>
        readLedger(this.#daemon.scratch, rscId).filter(
          (run) => run.action === action && run.intervalMs === intervalMs,
        ).length;
      const enough = count() + 1;
      await until(() => count() >= enough, `another run of ${rscId} ${action} ${intervalMs}`);
    }
  }

  #resultOf(tag: string): Promise<boolean> {
    return attempt(() =>
      [...this.#open.values()].some((controller) =>
        controller.stream().told.some((told) => told.kind === 'result' && told.result.userData === tag),
      ),
    );
  }
}

/** Waits; when it does not come the checker tells what is missing. */
async function attempt(condition: () => boolean): Promise<boolean> {
  return until(condition, '').then(
    () => true,
    () => false,
  );
}
