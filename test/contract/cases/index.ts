import type { ContractCase } from '../model.ts';
import { ALERT_CASES } from './alerts.ts';
import { BAD_INPUT_CASES } from './bad-input.ts';
import { FRAME_CASES } from './frames.ts';
import { GENERIC_CASES } from './generic.ts';
import { LOCAL_TOOL_CASES } from './local-tools.ts';
import { QUEUE_CASES } from './queue.ts';
import { RESULT_CASES } from './results.ts';
import { SESSION_CASES } from './sessions.ts';
import { SUITE_CASES } from './suite.ts';
import { SYSTEMD_CASES } from './systemd.ts';

/** Every case. The longest comes first, so that the others are played beside it. */
export const CASES: readonly ContractCase[] = [
  ...SYSTEMD_CASES,
  ...GENERIC_CASES,
  ...SUITE_CASES,
  ...FRAME_CASES,
  ...SESSION_CASES,
  ...QUEUE_CASES,
  ...RESULT_CASES,
  ...BAD_INPUT_CASES,
  ...ALERT_CASES,
  ...LOCAL_TOOL_CASES,
];

const WITHOUT_STONITH = 'cts-exec -R, which drives the remote daemon, does without stonith';
const NO_UPSTART = 'Upstart is gone since Pacemaker 3, and no daemon here is built with it';
const LOCAL =
  'the client library does it without a daemon: ours in test/integration/client/local-agents.test.ts';

/** Cases of cts-exec that say nothing about a remote daemon. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'generic_*_stonith, stonith_start_timeout, stonith_component_fail': WITHOUT_STONITH,
  'generic_*_upstart, monitor_fail_upstart, start_uninstalled_upstart': NO_UPSTART,
  'get_*_metadata, list_ocf_providers, verify_agent_lists': LOCAL,
};
