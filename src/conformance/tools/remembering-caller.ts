import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, CallEnd, Caller } from '../caller.ts';
import { advertises } from '../declared.ts';
import type { Subject } from '../subject.ts';
import { TOOL_FILES } from './install.ts';

/** As the cluster shows it. */
type ShownRole = 'Stopped' | 'Started' | 'Unpromoted' | 'Promoted';

/**
 * Lets the fake tools know what a cluster would: after each action that succeeded the role in which the resource is. Agents ask for it by
 * `crm_mon`, some before they let themselves be promoted.
 */
export class RememberingCaller implements Caller {
  readonly #inner: Caller;
  readonly #subject: Subject;
  readonly #directory: string;
  readonly #roles = new Map<string, ShownRole>();
  /** Writers one after the other. */
  #last: Promise<void> = Promise.resolve();

  /** `directory` is the tools' folder. */
  constructor(inner: Caller, subject: Subject, directory: string) {
    this.#inner = inner;
    this.#subject = subject;
    this.#directory = directory;
  }

  async call(call: Call, signal: AbortSignal): Promise<CallEnd> {
    const done = await this.#inner.call(call, signal);
    const role = done.end.kind === 'exited' ? this.#roleAfter(call.action, done.end.code) : undefined;
    const { name } = call.instance;
    if (role !== undefined && this.#roles.get(name) !== role) {
      this.#roles.set(name, role);
      // What can't be written is not worth a check: it may be one that fills the disk.
      this.#last = this.#last.then(() => this.#write()).catch(() => undefined);
      await this.#last;
    }
    return done;
  }

  #roleAfter(action: string, code: number): ShownRole | undefined {
    const unpromoted = advertises(this.#subject, 'promote') ? 'Unpromoted' : 'Started';
    switch (`${action} ${code}`) {
      case 'start 0':
      case 'demote 0':
      case 'migrate_from 0':
      case 'monitor 0':
        return unpromoted;
      case 'promote 0':
      case 'monitor 8':
        return 'Promoted';
      case 'stop 0':
      case 'monitor 7':
        return 'Stopped';
      default:
        return undefined;
    }
  }

  /** At once for all readers. */
  async #write(): Promise<void> {
    const { provider = '', type } = this.#subject;
    const lines = [...this.#roles].map(([name, role]) =>
      [name, `ocf:${provider}:${type}`, role].join('\x1f'),
    );
    const target = join(this.#directory, TOOL_FILES.resources);
    await writeFile(`${target}.new`, lines.map((line) => `${line}\n`).join(''), { mode: 0o666 });
    await rename(`${target}.new`, target);
  }
}
