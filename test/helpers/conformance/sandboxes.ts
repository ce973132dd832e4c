// Which sandboxes can be made where tests run: as root both kinds, as a plain user those of user namespaces, or none.

import { agentBase } from '../../../src/conformance/place/base-environment.ts';
import type { SandboxMode } from '../../../src/conformance/sandbox/root-plan.ts';
import { findSandboxMode } from '../../../src/conformance/sandbox/sandbox-mode.ts';
import { messageOf } from '../../../src/errors/agent-error.ts';

const ALL: readonly SandboxMode[] = ['root', 'user'];

export interface Sandboxes {
  /** From the first, which the program takes by itself. */
  readonly modes: readonly SandboxMode[];
  /** Why tests of sandboxes can't run here, for `titled`; undefined if they can. With `CI` in the environment nothing is skipped. */
  readonly why: string | undefined;
}

/** Tries it. */
export async function findSandboxes(): Promise<Sandboxes> {
  try {
    const best = await findSandboxMode(agentBase(process.env));
    return { modes: ALL.slice(ALL.indexOf(best)), why: undefined };
  } catch (error) {
    return { modes: ALL, why: process.env['CI'] === undefined ? messageOf(error) : undefined };
  }
}
