import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { useAudit } from '../../helpers/audit.ts';
import { until } from '../../helpers/pid-namespace.ts';
import { type BadRequest, badRequests, RSC, specs } from './bad-input.table.ts';
import {
  frameOf,
  type GoodController,
  goodController,
  type RawPeer,
  rawPeer,
  requestText,
} from './raw-peer.ts';
import { accounts, HACLUSTER, type RunningDaemon, startDaemon } from './support.ts';

/** The longest that a controller may be left without an answer. */
const ANSWER_LIMIT_MS = 1000;

/** A thousand bad requests, many of a megabyte, may not cost more than this at any time. */
const MEMORY_LIMIT_MB = 192;

let daemon: RunningDaemon;
let good: GoodController;
let peer: RawPeer;
let messageId = 0;

beforeAll(async () => {
  daemon = await startDaemon({ prelude: accounts(HACLUSTER) });
  good = await goodController(daemon);
  peer = await rawPeer(daemon);
  const [registered] = await ask(peer, 'register', '', 'lrmd_clientname="bad" lrmd_protocol_version="1.2"');
  expect(registered).toBe(0);
  await registerRsc();
});

afterAll(async () => {
  await good.leave();
  await peer.leave();
  await daemon[Symbol.asyncDispose]();
});

useAudit();

/** Sends and gives the reply's rc and call id; fails when it takes too long. */
async function ask(to: RawPeer, op: string, data = '', root = ''): Promise<[rc: number, callId: number]> {
  messageId += 1;
  const { header, payload } = frameOf(requestText(messageId, op, data, root));
  const sentMs = performance.now();
  to.write(header, payload);
  const { attributes } = await to.reply(messageId);
  expect(performance.now() - sentMs).toBeLessThan(ANSWER_LIMIT_MS);
  return [Number(attributes['lrmd_rc']), Number(attributes['lrmd_callid'])];
}

async function registerRsc(): Promise<void> {
  const rsc = `<lrmd_rsc lrmd_rsc_id="${RSC}" lrmd_class="ocf" lrmd_provider="test" lrmd_type="recorder"/>`;
  await ask(peer, 'lrmd_rsc_register', rsc);
}

const parameters = (): string =>
  `<attributes dir="${daemon.scratch}" tag="t" behaviour="exit" interval="0"/>`;

/** Only the beginnings: the name of an odd action breaks the lines of the ledger. */
function runs(): number {
  const file = `${daemon.scratch}/${RSC}.ledger`;
  return existsSync(file) ? [...readFileSync(file, 'utf8').matchAll(/^start \d+ [\d.]+ t /gm)].length : 0;
}

/** The result of an operation. */
function resultOf(callId: number): XmlElement | undefined {
  return peer.received.find(
    ({ attributes }) =>
      attributes['lrmd_op'] === 'lrmd_rsc_exec' && attributes['lrmd_callid'] === String(callId),
  );
}

/** Operations that were queued all the same come to an end: those that wait for weeks are cancelled. */
async function endOf({ attribute, fault, data }: BadRequest, callId: number): Promise<void> {
  const key = (intervalMs: string): string =>
    `<lrmd_rsc lrmd_rsc_id="${RSC}" lrmd_rsc_action="monitor" lrmd_rsc_interval="${intervalMs}"/>`;
  const isHuge = fault.includes('^');
  if (attribute === 'lrmd_rsc_start_delay' && isHuge) {
    expect(await ask(peer, 'lrmd_rsc_cancel', key('0'))).toEqual([0, expect.any(Number)]);
  }
  await until(() => resultOf(callId) !== undefined, `the result of ${data.slice(0, 200)}`);
  if (attribute === 'lrmd_rsc_interval' && isHuge) {
    const intervalMs = resultOf(callId)?.attributes['lrmd_rsc_interval'] ?? '';
    expect(await ask(peer, 'lrmd_rsc_cancel', key(intervalMs))).toEqual([0, expect.any(Number)]);
  }
}

/** Whether an agent has something to do with it. */
function mayRun({ attribute, fault }: BadRequest): boolean {
  const isNoAction = attribute === 'lrmd_rsc_action' && ['missing', 'empty', 'of a megabyte'].includes(fault);
  return !isNoAction && !(attribute === 'lrmd_rsc_start_delay' && fault.includes('^'));
}

async function expectRight(request: BadRequest): Promise<void> {
  const { op, data, root, right, what } = request;
  const before = runs();
  // A peer has one name for life: each registration needs one of its own.
  const from = op === 'register' ? await rawPeer(daemon) : peer;
  const [rc, callId] = await ask(from, op, data, root);
  expect(right, `the answer to ${op}: ${what}`).toBe(rc > 0 && rc === callId ? 'queued' : rc);
  if (rc > 0) {
    await endOf(request, callId);
  }
  expect(runs() - before, `runs for ${what}`).toBe(rc > 0 && mayRun(request) ? 1 : 0);
  if (from !== peer) {
    await from.leave();
  }
}

describe('a bad request', () => {
  it.each(specs('').map(({ op }) => op))(
    '%s is answered with the right code, and starts nothing',
    async (op) => {
      const spec = specs(parameters()).find((one) => one.op === op);
      for (const request of spec === undefined ? [] : badRequests(spec)) {
        await expectRight(request);
        if (op === 'lrmd_rsc_register') {
          // What was registered under an odd name is not left there.
          await ask(peer, 'lrmd_rsc_unregister', request.data);
          await registerRsc();
        }
      }
      await good.expectUnharmed();
      expect(daemon.log().filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it.each([
    ['a word', 'abc'],
    ['nothing', ''],
    ['less than 0', '-1'],
    ['0', '0'],
    ['2^31', '2147483648'],
    ['infinity', '1e400'],
    ['10 s', '10s'],
    ['a megabyte', 'x'.repeat(1024 * 1024)],
  ])('lrmd_check with the watchdog at %s is not answered and ends nothing', async (_what, watchdog) => {
    const data = `<lrmd_op lrmd_watchdog="${watchdog}"/>`;
    messageId += 1;
    const unanswered = messageId;
    const { header, payload } = frameOf(requestText(unanswered, 'lrmd_check', data));
    peer.write(header, payload);
    expect(await ask(peer, 'lrmd_rsc_poke')).toEqual([0, expect.any(Number)]);
    expect(
      peer.received.filter(({ attributes }) => attributes['lrmd_remote_msg_id'] === String(unanswered)),
    ).toEqual([]);
  });

  it('for a tool of the cluster is answered whatever is in it', async () => {
    for (const attributes of ['', 'lrmd_ipc_op="odd"', 'lrmd_ipc_op="request" lrmd_ipc_session="none"']) {
      const [rc] = await ask(peer, 'ipc_fwd', '', attributes);
      expect(rc).toBe(0);
    }
  });

  it('leaves the daemon as it was', async () => {
    await good.expectUnharmed();
    const status = readFileSync(`/proc/${daemon.daemonPid()}/status`, 'latin1');
    const peakMb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
    expect(peakMb).toBeLessThan(MEMORY_LIMIT_MB);
    expect(daemon.log().filter(({ event }) => event === 'daemon.listening')).toHaveLength(1);
  });
});
