import { AgentError, messageOf } from '../errors/agent-error.ts';
import { bundlet } from './control-messages.js';
import type { OneOf, Request, RequestBodies, Response, ResponseBodies } from './model.ts';

const { Request: RequestCodec, Response: ResponseCodec } = bundlet.control.v1;

type Fields = Readonly<Record<string, unknown>>;

const REQUESTS: readonly (keyof RequestBodies)[] = [
  'status',
  'history',
  'health',
  'metrics',
  'watch',
  'exec',
  'logLevel',
  'end',
  'checks',
];
const RESPONSES: readonly (keyof ResponseBodies)[] = [
  'failure',
  'status',
  'history',
  'health',
  'metrics',
  'event',
  'exec',
  'logLevel',
  'ended',
  'checks',
];

export function encodeRequest({ id, content }: Request): Buffer {
  return finish(RequestCodec.encode({ id, ...oneOf(content) }));
}

export function encodeResponse({ id, last, content }: Response): Buffer {
  return finish(ResponseCodec.encode({ id, last, ...oneOf(content) }));
}

/** @throws AgentError MESSAGE_INVALID */
export function decodeRequest(bytes: Uint8Array): Request {
  const fields = read(RequestCodec, bytes);
  return { id: fields['id'] as number, content: find<RequestBodies>(fields, REQUESTS) };
}

/** @throws AgentError MESSAGE_INVALID */
export function decodeResponse(bytes: Uint8Array): Response {
  const fields = read(ResponseCodec, bytes);
  return {
    id: fields['id'] as number,
    last: fields['last'] as boolean,
    content: find<ResponseBodies>(fields, RESPONSES),
  };
}

const oneOf = (content: { readonly kind: string; readonly body: object } | undefined): Fields =>
  content === undefined ? {} : { [content.kind]: content.body };

const finish = (writer: { finish(): Uint8Array }): Buffer => {
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

function find<Bodies>(fields: Fields, names: readonly (keyof Bodies)[]): OneOf<Bodies> | undefined {
  const kind = names.find((name) => fields[name as string] !== undefined);
  return kind === undefined
    ? undefined
    : ({ kind, body: fields[kind as string] } as unknown as OneOf<Bodies>);
}

function read(codec: { decode(bytes: Uint8Array): object }, bytes: Uint8Array): Fields {
  try {
    return plain(codec.decode(bytes)) as Fields;
  } catch (error) {
    throw new AgentError('MESSAGE_INVALID', `Expected a message of control.proto, got ${messageOf(error)}`, {
      labels: ['peer-fault'],
    });
  }
}

/** protobufjs keeps defaults in prototypes, and numbers that were not sent as a `Long`. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('toNumber' in value) {
    return (value as { toNumber(): number }).toNumber();
  }
  const made: Record<string, unknown> = {};
  for (const name in value) {
    const field = (value as Fields)[name];
    if (field !== null && field !== undefined && typeof field !== 'function' && !/^[_$]/.test(name)) {
      made[name] = plain(field);
    }
  }
  return made;
}
