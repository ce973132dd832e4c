// Every request of the protocol with each of its attributes spoilt in each way, and what is the right answer
// [protocol 4.2 to 4.9, 4.11].

/** An `lrmd_rc`, or that the operation was queued: then it is the call id. */
export type Rc = number | 'queued';

const OK: Rc = 0;
const QUEUED: Rc = 'queued';
const NO_SUCH_RESOURCE: Rc = -19;
const INVALID: Rc = -22;
const BAD_VERSION: Rc = -71;
const NOTHING_TO_CANCEL: Rc = -95;
const UNKNOWN_REQUEST: Rc = -95;

/** How a value is spoilt; it stands in the message as it is here, so what XML forbids is written as a reference. */
const FAULTS = {
  missing: undefined,
  empty: '',
  letters: 'abc',
  fraction: '1.5',
  negative: '-1',
  '2^31': '2147483648',
  '2^32': '4294967296',
  '2^53': '9007199254740992',
  '10^30': `1${'0'.repeat(30)}`,
  unknown: 'nobody',
  path: '../../../etc/passwd',
  strange: '&#27;[1m&#10;&#0;\u00e9\u{1f600}&quot;&lt;&amp;%s$(id)',
  'of a megabyte': 'x'.repeat(1024 * 1024),
} as const;

export type Fault = keyof typeof FAULTS | 'twice';

type Answers = Readonly<Partial<Record<Fault, Rc>>> & { readonly other: Rc };

/** Names a resource that is there, or not. */
const id = (nothing: Rc, unknown: Rc): Answers => ({
  missing: nothing,
  empty: nothing,
  other: unknown,
});

/** A whole number; one that is too large for any clock is none. */
const whole = (good: Rc, negative: Rc = good): Answers => ({
  ...{ missing: good, negative, '2^31': good, '2^32': good },
  other: INVALID,
});

/** Anything goes. */
const any = (good: Rc): Answers => ({ other: good });

interface Spec {
  readonly op: string;
  /** Around the attributes: a child of the call data, or `root` for the message itself. */
  readonly element: string;
  readonly good: Rc;
  /** In this order in the message: name, good value, what the spoilt ones call for. */
  readonly attributes: readonly (readonly [name: string, good: string, answers: Answers])[];
  /** What stands inside the element. */
  readonly inner?: string;
}

/** The resource that is there. */
export const RSC = 'bad';

const KNOWN = id(INVALID, NO_SUCH_RESOURCE);

/** `inner`: the parameters that the agent of a good exec needs. */
export const specs = (inner: string): readonly Spec[] => [
  {
    op: 'register',
    element: 'root',
    good: OK,
    attributes: [
      ['lrmd_clientname', 'odd', any(OK)],
      [
        'lrmd_protocol_version',
        '1.2',
        {
          ...{ fraction: OK, '2^31': OK, '2^32': OK, '2^53': OK, '10^30': OK },
          other: BAD_VERSION,
        },
      ],
      ['lrmd_is_ipc_provider', 'false', any(OK)],
    ],
  },
  {
    op: 'lrmd_rsc_register',
    element: 'lrmd_rsc',
    good: OK,
    attributes: [
      ['lrmd_rsc_id', RSC, id(INVALID, OK)],
      ['lrmd_class', 'ocf', any(OK)],
      ['lrmd_provider', 'test', any(OK)],
      ['lrmd_type', 'recorder', any(OK)],
    ],
  },
  {
    op: 'lrmd_rsc_info',
    element: 'lrmd_rsc',
    good: OK,
    attributes: [['lrmd_rsc_id', RSC, id(NO_SUCH_RESOURCE, NO_SUCH_RESOURCE)]],
  },
  {
    op: 'lrmd_rsc_unregister',
    element: 'lrmd_rsc',
    good: OK,
    attributes: [['lrmd_rsc_id', 'none', id(NO_SUCH_RESOURCE, OK)]],
  },
  {
    op: 'lrmd_rsc_exec',
    element: 'lrmd_rsc',
    good: QUEUED,
    inner,
    attributes: [
      ['lrmd_rsc_id', RSC, KNOWN],
      ['lrmd_rsc_action', 'monitor', any(QUEUED)],
      ['lrmd_rsc_userdata_str', 'u', any(QUEUED)],
      ['lrmd_rsc_interval', '0', whole(QUEUED, INVALID)],
      ['lrmd_timeout', '60000', whole(QUEUED)],
      ['lrmd_rsc_start_delay', '0', whole(QUEUED)],
    ],
  },
  {
    op: 'lrmd_rsc_cancel',
    element: 'lrmd_rsc',
    good: NOTHING_TO_CANCEL,
    attributes: [
      ['lrmd_rsc_id', RSC, KNOWN],
      ['lrmd_rsc_action', 'monitor', id(INVALID, NOTHING_TO_CANCEL)],
      ['lrmd_rsc_interval', '1000', whole(NOTHING_TO_CANCEL)],
    ],
  },
  {
    op: 'lrmd_get_recurring',
    element: 'lrmd_rsc',
    good: OK,
    attributes: [['lrmd_rsc_id', RSC, id(OK, NO_SUCH_RESOURCE)]],
  },
  {
    op: 'lrmd_alert_exec',
    element: 'lrmd_alert',
    good: OK,
    // An empty id or path is one like any other: that there is no such agent is for the log.
    attributes: [
      ['lrmd_alert_id', 'odd', { missing: INVALID, other: OK }],
      ['lrmd_alert_path', '/no/such/alert', { missing: INVALID, other: OK }],
      ['lrmd_timeout', '1000', whole(OK)],
    ],
  },
  { op: 'lrmd_rsc_poke', element: 'root', good: OK, attributes: envelope(OK) },
  {
    op: 'lrmd_no_such_request',
    element: 'root',
    good: UNKNOWN_REQUEST,
    attributes: envelope(UNKNOWN_REQUEST),
  },
  // Only a daemon says this.
  { op: 'lrmd_rsc_new_client', element: 'lrmd_rsc', good: UNKNOWN_REQUEST, attributes: [] },
];

/** What every request has. */
function envelope(good: Rc): Spec['attributes'] {
  return [
    ['lrmd_callopt', '0', any(good)],
    ['lrmd_timeout', '0', any(good)],
    ['lrmd_origin', 'test', any(good)],
  ];
}

/** One bad request. */
export interface BadRequest {
  readonly op: string;
  readonly what: string;
  readonly fault: Fault;
  /** The attribute that is spoilt. */
  readonly attribute: string;
  /** What goes into the call data, and into the message itself. */
  readonly data: string;
  readonly root: string;
  readonly right: Rc;
}

/** The good request and all bad ones of a request. */
export function badRequests(spec: Spec): BadRequest[] {
  const { op, good, attributes } = spec;
  const all = attributes.map(([name, value]) => ` ${name}="${value}"`).join('');
  const around = (fault: Fault, what: string, data: string, right: Rc): BadRequest => ({
    ...{ op, what, fault, attribute: '', root: '', data, right },
  });
  const spoilt = attributes.flatMap(([name, value, answers]) =>
    [...Object.entries(FAULTS), ['twice', `${value}" ${name}="nobody`] as const].map(([key, text]) => {
      const fault = key as Fault;
      const changed = attributes.map(([other, otherValue]) =>
        other !== name ? ` ${other}="${otherValue}"` : text === undefined ? '' : ` ${name}="${text}"`,
      );
      // The first counts, as for the C daemon, and nothing else is lost.
      const right = fault === 'twice' ? good : (answers[fault] ?? answers.other);
      const what = `${name} ${fault}`;
      return { op, what, fault, attribute: name, ...placed(spec, changed.join('')), right };
    }),
  );
  if (spec.element === 'root') {
    return spoilt;
  }
  const nothing = spec.attributes[0]?.[2].missing ?? good;
  const element = elementOf(spec, all);
  return [
    ...spoilt,
    around('missing', 'no data', '', nothing),
    around('missing', 'text instead of data', 'nothing', nothing),
    around(
      'missing',
      'the element under another name',
      element.replaceAll(spec.element, 'lrmd_odd'),
      nothing,
    ),
    around('twice', 'the element twice', `${element}${element}`, good),
    around('twice', 'the element inside others', `<odd><odd>${element}</odd></odd>`, good),
    around('twice', 'the element inside itself', elementOf(spec, all, element), good),
  ];
}

function placed(spec: Spec, attributes: string): { readonly data: string; readonly root: string } {
  return spec.element === 'root'
    ? { data: '', root: attributes }
    : { data: elementOf(spec, attributes), root: '' };
}

function elementOf({ element, inner = '' }: Spec, attributes: string, more = ''): string {
  return `<${element}${attributes}>${inner}${more}</${element}>`;
}
