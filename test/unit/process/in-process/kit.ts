import {
  type AgentContext,
  defineAgent,
  type ExitCode,
  OCF,
  runAgent,
  string,
} from '../../../../agents/kit/index.ts';
import type { LoadedAgent } from '../../../../src/process/in-process/agent-run.ts';
import type { Command, Exit, Output } from '../../../../src/process/runner.ts';

const parameters = { any: string({ short: 'Nothing', long: 'Nothing.' }) };

/** An agent whose monitor does what a test wants. */
export function agentThat(
  monitor: (context: AgentContext<typeof parameters>) => Promise<ExitCode | undefined>,
  name = 'dummy',
): LoadedAgent {
  const nothing = { timings: [{ timeout: '20s' }], run: async () => OCF.SUCCESS } as const;
  const agent = defineAgent({
    name,
    version: '1.0',
    short: 'Of a test',
    long: 'Of a test.',
    parameters,
    actions: {
      start: nothing,
      stop: nothing,
      monitor: { timings: [{ timeout: '20s', interval: '10s' }], run: monitor },
    },
  });
  return { agent, runAgent };
}

export const monitorCommand = (fields: Partial<Command> = {}): Command => ({
  path: '/usr/lib/ocf/resource.d/bundlet/dummy',
  args: ['monitor'],
  env: { OCF_RESOURCE_INSTANCE: 'one', OCF_RESKEY_CRM_meta_timeout: '3600000' },
  timeoutMs: 20_000,
  killScope: 'group',
  purpose: 'a purpose',
  ...fields,
});

/** How runs ended, in order. */
export class Ends {
  readonly all: { readonly exit: Exit; readonly output: Output }[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly onExit = (exit: Exit, output: Output): void => {
    this.all.push({ exit, output });
    this.#waiting.shift()?.();
  };

  /** Resolves with the next end, or the first one if there was one. */
  async first(): Promise<{ readonly exit: Exit; readonly output: Output }> {
    if (this.all.length === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const [end] = this.all;
    if (end === undefined) {
      throw new Error('no end');
    }
    return end;
  }
}

/** Lets everything happen that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
