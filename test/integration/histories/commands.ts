// The schedules: fast-check commands that send and do not wait, so that the daemon has many requests at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { BEHAVIOURS } from './history.ts';
import {
  askCancel,
  askList,
  askPoke,
  askRegister,
  askUnregister,
  type Order,
  TYPES,
  type Type,
} from './requests.ts';
import { RESOURCES, SLOTS, type Slot, type Stage } from './stage.ts';

/** What a schedule needs to know of itself; what is right is for the checker to say. */
export interface Model {
  readonly open: Set<Slot>;
}

/** One step of a schedule. */
class Step implements fc.AsyncCommand<Model, Stage> {
  readonly #text: string;
  readonly #slot: Slot;
  readonly #act: (stage: Stage, model: Model) => void | Promise<void>;
  readonly #needsOpen: boolean;

  constructor(
    text: string,
    slot: Slot,
    act: (stage: Stage, model: Model) => void | Promise<void>,
    needsOpen = true,
  ) {
    this.#text = text;
    this.#slot = slot;
    this.#act = act;
    this.#needsOpen = needsOpen;
  }

  check({ open }: Readonly<Model>): boolean {
    return open.has(this.#slot) === this.#needsOpen;
  }

  async run(model: Model, stage: Stage): Promise<void> {
    await this.#act(stage, model);
  }

  toString(): string {
    return `${this.#slot} ${this.#text}`;
  }
}

const slot = fc.constantFrom(...SLOTS);
const rscId = fc.constantFrom(...RESOURCES);
const key = fc.record({
  rscId,
  action: fc.oneof({ weight: 6, arbitrary: fc.constant('monitor') }, fc.constantFrom('Monitor', 'start')),
  intervalMs: fc.constantFrom(0, 20, 20, 50),
});

const options = fc.record({
  behaviour: fc.constantFrom(...BEHAVIOURS, 'exit' as const, 'exit' as const),
  status: fc.constantFrom(0, 0, 7, 1),
  startDelayMs: fc.constantFrom(0, 0, 0, 40),
  origOnly: fc.constantFrom(false, false, false, true),
  changesOnly: fc.constantFrom(false, false, true),
});

const oneShot: fc.Arbitrary<Order> = fc
  .tuple(rscId, fc.constantFrom('start', 'monitor', 'stop', 'reload'), options)
  .map(([id, action, rest]) => ({ rscId: id, action, intervalMs: 0, ...rest }));

const recurring: fc.Arbitrary<Order> = fc
  .tuple(rscId, fc.constantFrom('monitor', 'monitor', 'Monitor'), fc.constantFrom(20, 50), options)
  .map(([id, action, intervalMs, rest]) => ({ rscId: id, action, intervalMs, ...rest }));

function exec(by: Slot, order: Order): Step {
  const { startDelayMs, behaviour, status, origOnly, changesOnly } = order;
  const flags = [
    `${behaviour} ${status}`,
    ...(startDelayMs > 0 ? [`after ${startDelayMs} ms`] : []),
    ...(origOnly ? ['orig-only'] : []),
    ...(changesOnly ? ['changes-only'] : []),
  ];
  const text = `exec ${order.rscId} ${order.action} ${order.intervalMs} (${flags.join(', ')})`;
  return new Step(text, by, (stage) => void stage.exec(stage.at(by), order));
}

function register(by: Slot, id: string, type: Type, drop: boolean): Step {
  const text = `register ${id} ${type}${drop ? ' drop' : ''}`;
  return new Step(text, by, (stage) => askRegister(stage.at(by), id, type, drop));
}

const connect = (by: Slot): Step =>
  new Step(
    'connect',
    by,
    async (stage, { open }) => {
      await stage.connect(by);
      open.add(by);
    },
    false,
  );

const disconnect = (by: Slot): Step =>
  new Step('disconnect', by, async (stage, { open }) => {
    await stage.disconnect(by);
    open.delete(by);
  });

const registration = fc.tuple(
  slot,
  rscId,
  fc.constantFrom(TYPES[0], TYPES[0], TYPES[0], TYPES[1]),
  fc.boolean(),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: registration.map((all) => register(...all)) },
  { weight: 8, arbitrary: fc.tuple(slot, oneShot).map(([by, order]) => exec(by, order)) },
  { weight: 8, arbitrary: fc.tuple(slot, recurring).map(([by, order]) => exec(by, order)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(slot, key)
      .map(
        ([by, what]) =>
          new Step(`cancel ${what.rscId} ${what.action} ${what.intervalMs}`, by, (stage) =>
            askCancel(stage.at(by), what),
          ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(slot, rscId)
      .map(([by, id]) => new Step(`unregister ${id}`, by, (stage) => askUnregister(stage.at(by), id))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(slot, rscId)
      .map(([by, id]) => new Step(`list ${id}`, by, (stage) => askList(stage.at(by), id, false))),
  },
  { weight: 1, arbitrary: slot.map((by) => new Step('poke', by, (stage) => askPoke(stage.at(by)))) },
  // The time that passes is part of the schedule; nothing is expected to have happened by then.
  {
    weight: 5,
    arbitrary: fc
      .tuple(slot, fc.integer({ min: 1, max: 60 }))
      .map(([by, ms]) => new Step(`waits ${ms} ms`, by, () => sleep(ms))),
  },
  { weight: 2, arbitrary: slot.map(disconnect) },
  { weight: 3, arbitrary: slot.map(connect) },
);

/** Schedules begin with a controller and resources that are known. */
export function schedules(maxCommands: number, replayPath?: string) {
  return fc.commands([step], {
    maxCommands,
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
}

/** Before the first step: what most of the steps need. */
export async function prologue(stage: Stage): Promise<Model> {
  const open = new Set<Slot>(['A', 'B']);
  for (const by of open) {
    await stage.connect(by);
  }
  for (const id of RESOURCES) {
    askRegister(stage.at('A'), id, TYPES[0], id === 'r1');
  }
  return { open };
}
