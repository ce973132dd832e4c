import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OP } from '../../src/protocol/names.ts';
import { element, type XmlElement } from '../../src/protocol/xml-tree.ts';
import { writeXml } from '../../src/protocol/xml-write.ts';
import { type FakeConnection, makeHub } from '../unit/session/kit.ts';
import { damagedMessage } from './messages.ts';
import { settings } from './settings.ts';

/** Never answered [protocol 4.9]. */
const WITHOUT_REPLY: ReadonlySet<string> = new Set([OP.check]);

const text = fc.oneof(
  fc.constantFrom(
    'r1',
    'r2',
    '',
    'monitor',
    'stop',
    'MONITOR',
    '0',
    '1',
    '-1',
    '1000',
    '20s',
    '1e9',
    '9'.repeat(16),
  ),
  fc.constantFrom('response', 'event', 'destroy', 'shutdown_ack', 'shutdown_nack', 'true'),
  fc.constantFrom('__proto__', 'constructor', 'toString', '\u001b', 'é', '"<&>'),
  fc.string({ maxLength: 12 }),
);

const NAMES = [
  'lrmd_rsc_id',
  'lrmd_rsc_action',
  'lrmd_rsc_interval',
  'lrmd_timeout',
  'lrmd_rsc_start_delay',
  'lrmd_rsc_userdata_str',
  'lrmd_class',
  'lrmd_provider',
  'lrmd_type',
  'lrmd_callopt',
  'lrmd_clientname',
  'lrmd_protocol_version',
  'lrmd_is_ipc_provider',
  'lrmd_ipc_op',
  'lrmd_ipc_session',
  'lrmd_ipc_msg_id',
  'name',
  'value',
  '__proto__',
] as const;

const attributes = fc.dictionary(fc.constantFrom(...NAMES), text, { maxKeys: 8 });

const leaf = (name: string): fc.Arbitrary<XmlElement> => attributes.map((given) => element(name, given));

const rsc: fc.Arbitrary<XmlElement> = fc
  .tuple(attributes, fc.array(leaf('param'), { maxLength: 3 }), attributes)
  .map(([own, params, parameters]) => element('lrmd_rsc', own, [element('attributes', parameters, params)]));

interface Request {
  readonly op: string;
  readonly root: XmlElement;
}

const request: fc.Arbitrary<Request> = fc
  .record({
    op: fc.oneof(fc.constantFrom(...Object.values(OP)), text),
    own: attributes,
    children: fc.array(
      fc.oneof(rsc, leaf('lrmd_alert'), leaf('lrmd_op'), leaf('lrmd_ipc_msg'), leaf('odd')),
      { maxLength: 2 },
    ),
  })
  .map(({ op, own, children }) => {
    const envelope = { t: 'lrmd', lrmd_op: op, lrmd_remote_msg_id: '77', lrmd_remote_msg_type: 'request' };
    const data = element('lrmd_calldata', {}, children);
    return { op, root: element('lrmd_command', { ...own, ...envelope }, [data]) };
  });

const replies = (connection: FakeConnection): XmlElement[] =>
  connection.received.filter(({ attributes: given }) => given['lrmd_remote_msg_type'] === 'reply');

describe('a hub', () => {
  it('answers every request within the call that brings it, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), (requests) => {
        const { connect } = makeHub();
        const peer = connect('fuzz');
        for (const { op, root } of requests) {
          peer.received.length = 0;
          peer.write(writeXml(root));
          const isRequest = op !== '' && !WITHOUT_REPLY.has(op);
          expect(replies(peer).map((reply) => reply.attributes['lrmd_remote_msg_id'])).toEqual(
            isRequest ? ['77'] : [],
          );
          expect(Number.isInteger(Number(replies(peer)[0]?.attributes['lrmd_rc'] ?? 0))).toBe(true);
        }
        expect(peer.closed).toBe(false);
      }),
      settings(600),
    );
  });

  it('tells each result once to everybody with a name, whatever was asked for and however it ends', () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 12 }),
        fc.array(fc.record({ rc: fc.integer({ min: 0, max: 255 }), status: fc.integer({ min: 0, max: 7 }) })),
        (requests, results) => {
          const { connect, register, runner, clock } = makeHub();
          const [one, other] = [register('one'), register('other')];
          const stranger = connect('stranger');
          one.request('lrmd_rsc_register', '', '<lrmd_rsc lrmd_rsc_id="r1" lrmd_class="ocf" lrmd_type="x"/>');
          for (const { root } of requests) {
            one.write(writeXml(root));
          }
          for (const result of results) {
            clock.advance(1000);
            if (runner.living.length > 0) {
              runner.end(result);
            }
          }
          for (const peer of [one, other]) {
            const ends = peer.received.filter(
              ({ attributes: given }) =>
                given['lrmd_op'] === OP.rscExec &&
                given['lrmd_remote_msg_type'] === 'notify' &&
                given['lrmd_rsc_interval'] === '0',
            );
            const callIds = ends.map(({ attributes: given }) => given['lrmd_callid']);
            expect(new Set(callIds).size).toBe(callIds.length);
          }
          expect(stranger.received).toEqual([]);
        },
      ),
      settings(400),
    );
  });

  it('keeps its peers through damaged messages, and answers the next one', () => {
    fc.assert(
      fc.property(fc.array(damagedMessage, { minLength: 1, maxLength: 6 }), (messages) => {
        const { connect } = makeHub();
        const peer = connect('fuzz');
        for (const message of messages) {
          peer.write(message);
        }
        peer.received.length = 0;
        peer.request(OP.rscInfo, '', '<lrmd_rsc lrmd_rsc_id="none"/>', 5);
        expect(peer.closed).toBe(false);
        expect(replies(peer).map(({ attributes: given }) => given['lrmd_rc'])).toEqual(['-19']);
      }),
      settings(400),
    );
  });
});
