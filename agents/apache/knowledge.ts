import { AgentFailure } from '../kit/index.ts';
import { type ApacheConfiguration, readConfiguration } from './config/index.ts';
import type { Installation } from './installation.ts';
import type { Context } from './parameters.ts';
import { readState } from './state.ts';

/** What is known of the server of a resource. */
export interface Knowledge {
  readonly installation: Installation;
  /** Why its configuration can't be read; `installation` is then what the last start knew. */
  readonly fault?: AgentFailure;
}

/** Reads the configuration as it is. */
export const configurationOf = (context: Context): Promise<ApacheConfiguration> =>
  readConfiguration(context, context.params);

/**
 * What is known of it, even when the configuration is gone or broken.
 * @throws AgentFailure if nothing is
 */
export async function learn(context: Context): Promise<Knowledge> {
  try {
    return { installation: await configurationOf(context) };
  } catch (error) {
    if (!(error instanceof AgentFailure)) {
      throw error;
    }
    const state = await readState(context);
    if (state === undefined) {
      throw error;
    }
    return { installation: state.installation, fault: error };
  }
}
