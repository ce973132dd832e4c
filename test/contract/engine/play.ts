// Longer than most: one method a kind of step.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AgentError } from '../../../src/errors/agent-error.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import type {
  BytesStep,
  ConnectStep,
  ContractCase,
  EventsStep,
  FateStep,
  FileStep,
  ForwardStep,
  Pattern,
  ProcessesStep,
  RelayedStep,
  RequestStep,
  SilenceStep,
  Step,
} from '../model.ts';
import type { Daemon } from '../stage/daemon.ts';
import { Cast } from './cast.ts';
import { ContractFailure, told } from './failure.ts';
import { observe } from './fate.ts';
import { matches, show } from './match.ts';
import { Tools } from './tool.ts';
import { becomes, withDeadline } from './waits.ts';

/** Plays one case against a daemon. Throws ContractFailure with the step and what was wrong. */
export async function play(contractCase: ContractCase, daemon: Daemon): Promise<void> {
  await using cast = new Cast(daemon.key);
  const player = new Player(daemon, cast);
  for (const [index, step] of contractCase.steps.entries()) {
    if (step.only !== undefined && step.only !== daemon.generation) {
      continue;
    }
    try {
      if (contractCase.reconnects === true && 'by' in step) {
        await cast.leave(step.by);
      }
      await player.step(step);
    } catch (error) {
      throw new ContractFailure(`step ${index + 1} (${step.what}): ${told(error)}`, { cause: error });
    }
  }
}

class Player {
  readonly #daemon: Daemon;
  readonly #cast: Cast;
  readonly #tools = new Tools();
  readonly #kept = new Map<string, number | string>();

  constructor(daemon: Daemon, cast: Cast) {
    this.#daemon = daemon;
    this.#cast = cast;
  }

  step(step: Step): Promise<void> {
    switch (step.do) {
      case 'request':
        return this.#request(step);
      case 'events':
        return this.#events(step);
      case 'silence':
        return this.#silence(step);
      case 'connect':
        return this.#connect(step);
      case 'leave':
        return this.#cast.leave(step.by);
      case 'bytes':
        return this.#bytes(step);
      case 'fate':
        return this.#fate(step);
      case 'file':
        return this.#file(step);
      case 'processes':
        return this.#processes(step);
      case 'shell':
        return this.#daemon.shell(step.text);
      case 'tool':
        return Promise.resolve(this.#tools.start(step.name, this.#daemon.beside(step.text)));
      case 'tool-end':
        return this.#tools.end(step, this.#kept);
      case 'relayed':
        return this.#relayed(step);
      case 'forward':
        return this.#forward(step);
    }
  }

  async #request(step: RequestStep): Promise<void> {
    const { client, journal } = await this.#cast.controller(step.by);
    if (step.events.length > 0) {
      // Only what is told from now on can be because of it.
      journal.skip();
    }
    if (step.rc === 'none') {
      // Nobody answers it; the library's promise ends with the connection.
      client.send(step.op, step.data, step.callOptions).catch(() => undefined);
    } else {
      const reply = await withDeadline(client.send(step.op, step.data, step.callOptions), step.withinMs);
      const rc = Number(reply.attributes['lrmd_rc']);
      if (step.rc === 'call-id' ? !(rc > 0) : rc !== step.rc) {
        throw new ContractFailure(`Expected lrmd_rc to be ${step.rc}, got ${reply.attributes['lrmd_rc']}`);
      }
      const fields = { ...reply.attributes, children: reply.children.map(writeXml).join('') };
      if (step.reply !== undefined && !matches(step.reply, fields, this.#kept)) {
        throw new ContractFailure(`Expected a reply with ${show(step.reply)}, got ${JSON.stringify(fields)}`);
      }
      if (step.keep !== undefined) {
        this.#kept.set(step.keep, Number(reply.attributes['lrmd_callid']));
      }
    }
    for (const expected of step.events) {
      await journal.find(expected, step.withinMs, this.#kept);
    }
  }

  async #events(step: EventsStep): Promise<void> {
    const { journal } = await this.#cast.controller(step.by);
    if (step.inAnyOrder === true) {
      await journal.findAll(step.events, step.withinMs, this.#kept);
      return;
    }
    for (const expected of step.events) {
      await journal.find(expected, step.withinMs, this.#kept);
    }
  }

  async #silence(step: SilenceStep): Promise<void> {
    const { journal } = await this.#cast.controller(step.by);
    await journal.miss(step.event, step.forMs, this.#kept);
  }

  async #connect(step: ConnectStep): Promise<void> {
    if (step.refused === undefined) {
      const { client } = await this.#cast.controller(step.by, step.options);
      expectFields(step.daemon, { ...client.daemon });
      return;
    }
    const refusal = await this.#cast.controller(step.by, step.options).then(
      () => undefined,
      (error: unknown) => error,
    );
    const rc = refusal instanceof AgentError ? refusal.details['rc'] : undefined;
    if (rc !== step.refused) {
      throw new ContractFailure(
        `Expected to be refused with ${step.refused}, got ${told(refusal ?? 'accepted')}`,
      );
    }
  }

  async #bytes(step: BytesStep): Promise<void> {
    const peer = await this.#cast.raw(step.by);
    const before = peer.journal.events.length;
    peer.write(step.pieces);
    for (const message of step.messages) {
      await peer.journal.find({ event: message }, step.withinMs, this.#kept);
    }
    if (step.isClosed === true) {
      await withDeadline(peer.closed, step.withinMs);
    } else if (!peer.isOpen) {
      throw new ContractFailure(`Expected the connection to stay, it ended: ${await peer.closed}`);
    }
    const came = peer.journal.events.length - before;
    if (step.isAll === true && came !== step.messages.length) {
      const all = JSON.stringify(peer.journal.events.slice(before));
      throw new ContractFailure(`Expected ${step.messages.length} messages, got ${came}: ${all}`);
    }
  }

  async #relayed(step: RelayedStep): Promise<void> {
    const { journal } = await this.#cast.controller(step.by);
    const event = await journal.find({ event: { type: 'proxy', ...step.fields } }, step.withinMs, this.#kept);
    for (const [name, from] of Object.entries(step.keep)) {
      const value = typeof from === 'string' ? event[from] : from.exec(String(event['message']))?.[1];
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw new ContractFailure(`Expected ${from} in what is relayed, got ${JSON.stringify(event)}`);
      }
      this.#kept.set(name, value);
    }
  }

  async #forward({ by, op, session, messageId, message }: ForwardStep): Promise<void> {
    const { client } = await this.#cast.controller(by);
    const fill = (text: string): string =>
      text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(this.#kept.get(name)));
    await client.forward({
      op,
      session: fill(session),
      ...(messageId === undefined ? {} : { messageId: Number(fill(messageId)) }),
      ...(message === undefined ? {} : { message: fill(message) }),
    });
  }

  async #fate(step: FateStep): Promise<void> {
    const fate = await observe(step.pieces, await this.#cast.raw(step.by), {
      witness: (await this.#cast.controller('witness')).client,
      isOver: this.#daemon.isOver,
    });
    if (!step.fates.includes(fate)) {
      throw new ContractFailure(
        `Expected what becomes of it to be '${step.fates.join(' or ')}', got "${fate}"`,
      );
    }
  }

  async #file({ path, is, text }: FileStep): Promise<void> {
    const seen = this.#daemon.path(path);
    if (is === 'removed') {
      rmSync(seen);
      return;
    }
    if (is === 'written') {
      writeFileSync(seen, String(text ?? ''));
      return;
    }
    await becomes(
      () => {
        const held = read(seen);
        if (is === 'missing' || held === undefined) {
          return (is === 'missing') === (held === undefined);
        }
        return text === undefined || (text instanceof RegExp ? text.test(held) : text === held);
      },
      `${path} to be ${is}${text === undefined ? '' : ` with ${text}`}, got ${read(seen)}`,
    );
  }

  #processes({ named, count }: ProcessesStep): Promise<void> {
    return becomes(() => this.#daemon.processes(named) === count, `${count} processes named ${named}`);
  }
}

function expectFields(pattern: Pattern | undefined, fields: Readonly<Record<string, unknown>>): void {
  if (pattern !== undefined && !matches(pattern, fields, new Map())) {
    throw new ContractFailure(`Expected ${show(pattern)}, got ${JSON.stringify(fields)}`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') {
      return '';
    }
    return undefined;
  }
}
