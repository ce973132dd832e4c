import type { CommandResult } from './command.ts';
import type { Testbed } from './testbed.ts';
import { until } from './wait.ts';

const FILE = '/tmp/nfs-client';

/** libnfs' tools on the host outside the cluster: a client without anything in its kernel. */
export class NfsClient {
  private readonly testbed: Testbed;
  private readonly folder: string;

  /** @param folder - `nfs://ADDRESS/PATH` */
  constructor(testbed: Testbed, folder: string) {
    this.testbed = testbed;
    this.folder = folder;
  }

  /**
   * Writes a file and reads it again. A server that has just started lets nobody open a file until former clients have
   * had their time; libnfs does not try again, so this does.
   */
  async write(name: string, seconds: number): Promise<void> {
    let last = '';
    await until({ what: `to write ${name}`, seconds, signal: this.testbed.signal, stepMs: 200 }, async () => {
      const script = `printf %s "$1" >${FILE} && nfs-cp ${FILE} "$2"`;
      const result = await this.testbed.tryOn(
        'lab',
        'sh',
        '-c',
        script,
        'sh',
        textOf(name),
        this.urlOf(name),
      );
      last = result.all;
      return result.exitCode === 0 ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}, got ${last}`, { cause: error });
    });
    await this.mustHave(name);
  }

  /** Reads what `write` has written. */
  async mustHave(name: string): Promise<void> {
    const { stdout, all } = await this.read(name);
    if (stdout !== textOf(name)) {
      throw new Error(`Expected the file ${name} to have '${textOf(name)}', got ${all}`);
    }
  }

  private read(name: string): Promise<CommandResult> {
    return this.testbed.tryOn('lab', 'nfs-cat', this.urlOf(name));
  }

  private urlOf(name: string): string {
    return `${this.folder}/${name}?version=4`;
  }
}

const textOf = (name: string): string => `what ${name} holds`;
