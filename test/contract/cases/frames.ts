// Frames and texts, by a peer that proved the key and writes what it likes [protocol 2].
import { BOMB_BZIP2, POKE_BZIP2 } from '../../integration/daemon/bzip2-payloads.ts';
import { byteSwapped, bzip2, oneRecord, records, registerText, requestText, withField } from '../frames.ts';
import type { ContractCase, Fate, Pattern } from '../model.ts';
import { ACTOR, main } from '../resources.ts';
import { isLeft, onlyFor, writes } from '../steps.ts';

const POKE = requestText(1, 'lrmd_rsc_poke');
const NEXT = requestText(2, 'lrmd_rsc_poke');
const MIB = 1024 * 1024;

const reply = (id: number, rc = 0): Pattern => ({
  element: 'lrmd_reply',
  lrmd_remote_msg_id: String(id),
  lrmd_remote_msg_type: 'reply',
  lrmd_rc: String(rc),
});

const base = { classes: ['none'] } as const;

const DOUBLED = requestText(
  2,
  'lrmd_rsc_exec',
  '<lrmd_rsc lrmd_rsc_id="actor" lrmd_rsc_id="nobody" lrmd_rsc_action="monitor" lrmd_rsc_action="stop">' +
    '<attributes code="7" code="3" sh="exit $OCF_RESKEY_code"/></lrmd_rsc>',
);

const resultsOfDoubled = (rc: string): readonly Pattern[] => [
  { element: 'lrmd_reply', lrmd_remote_msg_id: '2' },
  { element: 'lrmd_notify', lrmd_rsc_action: 'monitor', lrmd_exec_rc: rc },
];

/** A frame that is taken. */
function taken(name: string, clause: string, pieces: readonly Buffer[], count = 1): ContractCase {
  const messages = Array.from({ length: count }, (_none, index) => reply(index + 1));
  return { ...base, name, clause, steps: [writes('raw', pieces, { messages, isAll: true }), main.pokes()] };
}

/** A frame after which nothing of the connection can be trusted. */
function broken(name: string, pieces: readonly Buffer[], ...c: Fates['c']): ContractCase {
  return odd(name, pieces, { clause: '2.4', c, ours: 'closed' });
}

/** A message that is dropped; the connection stays. */
function dropped(name: string, text: string, c: Fate = 'ignored'): ContractCase {
  return odd(name, records(text), { clause: '2.4', c: [c], ours: 'ignored' });
}

interface Fates {
  readonly clause: string;
  /** One of these; the first tells why ours differs. */
  readonly c: readonly [Fate, ...Fate[]];
  readonly ours: Fate;
}

function odd(name: string, pieces: readonly Buffer[], { clause, c, ours }: Fates): ContractCase {
  const [usual] = c;
  if (usual === ours) {
    return { ...base, name, clause, steps: [isLeft('raw', pieces, ours)] };
  }
  const steps = [
    ...onlyFor('c', isLeft('raw', pieces, ...c)),
    ...onlyFor('ours', isLeft('raw', pieces, ours)),
  ];
  return { ...base, name, clause, differs: { c: c.join(' or '), ours, why: WHY[usual] }, steps };
}

/** Why ours does not do the same. */
const WHY: Readonly<Record<Fate, string>> = {
  answered: 'what contradicts the format is not guessed at; 3.0.2 and later do not carry it out either',
  ignored: 'a stream whose lengths contradict each other cannot be read on; HEAD closes as well',
  closed: 'TLS is a stream of bytes, and only the format of messages counts',
  'holds up all':
    'TLS is a stream of bytes, and no peer may stop the others; later versions do not wait either',
  'ends the daemon': 'the daemon must outlive its peers',
};

const withoutNul = (): Buffer[] => {
  const [header = Buffer.alloc(0), payload = Buffer.alloc(0)] = records(POKE);
  payload[payload.length - 1] = 0x20;
  return [header, payload];
};

const bytes = oneRecord(POKE);
const COALESCED = Buffer.concat([bytes, oneRecord(NEXT)]);

export const FRAME_CASES: readonly ContractCase[] = [
  taken('frame_in_two_records', '2.5', records(POKE)),
  odd('frame_in_one_record', [oneRecord(POKE)], { clause: '2.5', c: ['holds up all'], ours: 'answered' }),
  taken(
    'frame_one_byte_at_a_time',
    '2.5',
    Array.from(bytes, (byte) => Buffer.of(byte)),
  ),
  odd('frame_cut_inside_the_header', [bytes.subarray(0, 17), bytes.subarray(17)], {
    clause: '2.5',
    c: ['holds up all'],
    ours: 'answered',
  }),
  taken('frame_cut_inside_the_payload', '2.5', [bytes.subarray(0, 60), bytes.subarray(60)]),
  taken('frame_byte_swapped_header', '2.1', byteSwapped(POKE)),
  taken('frame_unknown_version', '2.4', withField(POKE, 4, 77)),
  taken('frame_unknown_flags', '2.4', withField(POKE, 16, 0xffff)),
  taken('frame_any_id', '2.1', withField(POKE, 8, 0xffffffff)),
  taken('frame_bzip2', '2.3', bzip2(POKE_BZIP2.bytes, POKE_BZIP2.expandedBytes)),
  {
    ...base,
    name: 'frames_coalesced',
    clause: '2.5',
    differs: {
      c: 'holds up all peers with what shares a record with another message',
      ours: 'answers both',
      why: WHY['holds up all'],
    },
    steps: [
      ...onlyFor('c', isLeft('raw', [COALESCED], 'holds up all')),
      ...onlyFor('ours', writes('raw', [COALESCED], { messages: [reply(1), reply(2)], isAll: true })),
    ],
  },

  broken('frame_wrong_magic', withField(POKE, 0, 0xbadadbbe), 'holds up all'),
  broken('frame_magic_of_zeros', withField(POKE, 0, 0), 'holds up all'),
  broken('frame_payload_offset_41', withField(POKE, 28, 41), 'ignored'),
  broken('frame_payload_offset_0', withField(POKE, 28, 0), 'ignored'),
  broken('frame_size_total_too_small', withField(POKE, 24, 41), 'answered'),
  broken('frame_size_total_below_the_header', withField(POKE, 24, 1), 'holds up all', 'ignored'),
  broken('frame_size_total_20_mib_and_1', withField(POKE, 24, 20 * MIB + 1), 'holds up all'),
  broken('frame_size_total_4_gib', withField(POKE, 24, 0xffffffff), 'holds up all'),
  broken('frame_compressed_size_out_of_nowhere', withField(POKE, 32, 7), 'ignored'),
  broken('frame_uncompressed_size_4_gib', withField(POKE, 36, 0xffffffff), 'ends the daemon', 'holds up all'),
  broken('frame_payload_without_nul', withoutNul(), 'answered'),
  broken('frame_bzip2_that_is_none', bzip2(Buffer.alloc(90, 0x42), 100), 'ignored'),
  broken('frame_bzip2_that_gives_less', bzip2(POKE_BZIP2.bytes, 5000), 'ends the daemon', 'holds up all'),
  broken('frame_bzip2_that_gives_more', bzip2(POKE_BZIP2.bytes, 5), 'ignored'),
  broken('frame_bzip2_that_is_a_bomb', bzip2(BOMB_BZIP2.bytes, BOMB_BZIP2.expandedBytes), 'ignored'),
  dropped('text_not_xml', 'hello'),
  dropped('text_empty', ''),
  dropped(
    'text_with_document_type',
    '<!DOCTYPE a [<!ENTITY b "c">]><lrmd_command t="lrmd" lrmd_op="lrmd_rsc_poke"/>',
    'answered',
  ),
  dropped('text_without_t', '<lrmd_command lrmd_op="lrmd_rsc_poke" lrmd_remote_msg_id="1"/>', 'answered'),
  dropped('text_without_operation', '<lrmd_command t="lrmd" lrmd_remote_msg_id="1"/>', 'answered'),
  {
    ...base,
    name: 'text_embedded_nul_ends_it',
    clause: '2.2',
    steps: [writes('raw', records(`${POKE}\0<garbage`), { messages: [reply(1)], isAll: true })],
  },
  {
    ...base,
    name: 'text_broken_escaping_of_2_1_5',
    clause: '2.6',
    // What comes behind the first raw quote is lost; what stands before it is used.
    steps: [
      writes('raw', records(registerText(1)), { messages: [reply(1)] }),
      writes(
        'raw',
        records(
          requestText(
            2,
            'lrmd_rsc_register',
            '<lrmd_rsc lrmd_rsc_id="damaged" lrmd_class="ocf" lrmd_provider="p" lrmd_type="t" nl="x&amp;gé"h"/>',
            'lrmd_callopt="0"',
          ).replace(
            // The envelope must stand in front of the damage, as 2.1.5 writes it.
            / (lrmd_remote_msg_id="2" lrmd_remote_msg_type="request")>/,
            ' $1>',
          ),
        ),
        { messages: [reply(2), { element: 'lrmd_notify', lrmd_rsc_id: 'damaged' }] },
      ),
    ],
  },
  {
    name: 'text_attribute_that_stands_twice',
    clause: '2.6',
    classes: ['ocf'],
    differs: {
      c: 'takes the first of its own attributes and the last of the parameters',
      ours: 'takes the first of either',
      why: 'one rule for all; what counts is that the agent runs with all of its parameters',
    },
    steps: [
      main.registers(ACTOR),
      writes('raw', records(registerText(1)), { messages: [reply(1)] }),
      ...onlyFor('c', writes('raw', records(DOUBLED), { messages: resultsOfDoubled('3') })),
      ...onlyFor('ours', writes('raw', records(DOUBLED), { messages: resultsOfDoubled('7') })),
    ],
  },
  {
    ...base,
    name: 'text_dialects',
    clause: '2.6',
    // Single quotes, references, CDATA, comments, unknown attributes and elements.
    steps: [
      writes('raw', records(registerText(1)), { messages: [reply(1)] }),
      writes(
        'raw',
        records(
          "<!-- first --><lrmd_command t='lrmd' lrmd_op='lrmd_rsc_register' unknown='1' lrmd_remote_msg_id='2' " +
            "lrmd_remote_msg_type='request'><other/><![CDATA[ < ]]><lrmd_calldata>text" +
            "<lrmd_rsc lrmd_rsc_id='&#100;ial&#x65;ct' lrmd_class='ocf' lrmd_provider='p' lrmd_type='t'/>" +
            '</lrmd_calldata></lrmd_command>',
        ),
        { messages: [reply(2), { element: 'lrmd_notify', lrmd_rsc_id: 'dialect' }] },
      ),
    ],
  },
  odd('peer_in_the_middle_of_a_frame', [bytes.subarray(0, 60)], {
    clause: '2.4',
    c: ['holds up all'],
    ours: 'ignored',
  }),
];
