import type { ContractCase } from '../model.ts';
import { GENERIC_CASES } from './generic.ts';
import { SUITE_CASES } from './suite.ts';

/** Every case, in the order in which they are listed. */
export const CASES: readonly ContractCase[] = [...GENERIC_CASES, ...SUITE_CASES];

const WITHOUT_STONITH = 'cts-exec -R, which drives the remote daemon, does without stonith';
const NO_UPSTART = 'Upstart is gone since Pacemaker 3, and no daemon here is built with it';
const LOCAL = 'the client library does it without a daemon; test/unit/standards covers ours';

/** Cases of cts-exec that say nothing about a remote daemon. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'generic_*_stonith, stonith_start_timeout, stonith_component_fail': WITHOUT_STONITH,
  'generic_*_upstart, monitor_fail_upstart, start_uninstalled_upstart': NO_UPSTART,
  'get_*_metadata, list_ocf_providers, verify_agent_lists': LOCAL,
};
