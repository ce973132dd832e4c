import type { DaemonView } from './daemon-view.ts';
import type { KeyWatch } from './key-watch.ts';
import { makeCheck } from './make-check.ts';
import type { Check, CheckResult, Health, Probe, ResourceStatus, SoloStatus } from './model.ts';

/** What probes are answered from. */
export interface HealthFacts {
  readonly view: DaemonView;
  readonly keys: KeyWatch;
  readonly resources: readonly ResourceStatus[];
}

type MakeCheck = (facts: HealthFacts) => Check;

/** Whoever gets this answer has it from a daemon that goes on with its work. */
const answering: MakeCheck = () => makeCheck('answering', 'ok', 'the daemon answers');

const listening: MakeCheck = ({ view }) => {
  const where = view.listening();
  if (where === undefined) {
    return makeCheck('listening', 'failed', 'the daemon does not listen yet', 'Wait, or look at its log');
  }
  return makeCheck('listening', 'ok', `on ${where.addresses.join(', ')} port ${where.port}`);
};

const notStopping: MakeCheck = ({ view }) =>
  view.isStopping()
    ? makeCheck('not-stopping', 'failed', 'the daemon stops', 'Wait for the next one')
    : makeCheck('not-stopping', 'ok', 'the daemon is to go on');

/** Solo mode needs nobody to come in, and who runs an image without a key may still bring one. */
const authentication =
  (withoutKey: CheckResult): MakeCheck =>
  ({ view, keys }) => {
    const { problem, fingerprint } = keys;
    if (problem !== undefined) {
      const remedy = 'Mount the cluster’s key at /etc/pacemaker/authkey, or name it by PCMK_authkey_location';
      const result = view.solo() === undefined ? withoutKey : 'ok';
      return makeCheck('authentication', result, `no controller can come in: ${problem}`, remedy);
    }
    return makeCheck(
      'authentication',
      'ok',
      fingerprint === undefined ? 'by certificates' : `by key ${fingerprint}`,
    );
  };

const noneFailed: MakeCheck = ({ resources }) => {
  const failed = resources.filter(({ state }) => state === 'failed' || state === 'blocked');
  return failed.length === 0
    ? makeCheck('resources', 'ok', `${resources.length} known, none failed`)
    : makeCheck(
        'resources',
        'failed',
        `failed: ${failed.map(({ id }) => id).join(', ')}`,
        `bundlet explain ${failed[0]?.id}`,
      );
};

const allRunning: MakeCheck = ({ resources }) => {
  // One without a recurring monitor is not one that somebody wants to run; such as one that was only probed.
  const wanted = resources.filter(({ recurring }) => recurring.length > 0);
  const missing = resources.filter(
    ({ id, state }) =>
      state === 'starting' ||
      state === 'stopping' ||
      state === 'failed' ||
      state === 'blocked' ||
      (wanted.some((one) => one.id === id) && state === 'stopped'),
  );
  return missing.length === 0
    ? makeCheck('resources', 'ok', `${wanted.length} running`)
    : makeCheck(
        'resources',
        'failed',
        missing.map(({ id, state }) => `${id} is ${state}`).join(', '),
        `bundlet explain ${missing[0]?.id}`,
      );
};

/** States of solo mode in which its resource is as it is to be, or on the way there. */
const SOLO_WELL = new Set(['running', 'yielded']);
const SOLO_HOPELESS = new Set(['blocked', 'ended']);

const solo =
  (isWell: (one: SoloStatus) => boolean): MakeCheck =>
  ({ view }) => {
    const status = view.solo();
    if (status === undefined) {
      return makeCheck('solo', 'ok', 'not in use');
    }
    const { resource, state, reason } = status;
    const text = `${resource} is ${state}${reason === undefined ? '' : `: ${reason}`}`;
    return makeCheck('solo', isWell(status) ? 'ok' : 'failed', text, `bundlet explain ${resource}`);
  };

/** What each probe looks at. `docs/health.md` tells the same. */
const PROBE_CHECKS: Readonly<Record<Probe, readonly MakeCheck[]>> = {
  livez: [answering],
  readyz: [
    listening,
    notStopping,
    authentication('failed'),
    allRunning,
    solo(({ state }) => SOLO_WELL.has(state)),
  ],
  healthz: [
    answering,
    listening,
    authentication('warning'),
    noneFailed,
    solo(({ state }) => !SOLO_HOPELESS.has(state)),
  ],
};

/** Answers a probe. */
export function healthOf(probe: Probe, facts: HealthFacts): Health {
  const checks = PROBE_CHECKS[probe].map((make) => make(facts));
  return { probe, isHealthy: checks.every(({ result }) => result !== 'failed'), checks };
}
