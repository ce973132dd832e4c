import { type Command, Option } from 'commander';
import { readControlSocket } from '../../config/control-options.ts';
import { DEFAULT_PORT } from '../../config/port.ts';
import type { ControlTarget } from '../../control/ask/connect.ts';
import type { ControlClient } from '../../control/ask/control-client.ts';
import { usageError } from '../exit-status.ts';
import type { Io } from '../io.ts';
import { DOCUMENT_FORMATS, type DocumentFormat } from '../show/document.ts';

/** Default for one answer, in ms; an action by hand has its own. */
const ANSWER_MS = 10_000;

/** What all commands have that ask a daemon. */
export interface AskFlags {
  readonly socket?: string;
  readonly host?: string;
  readonly authkey?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly output: DocumentFormat;
}

/** Adds their options to a command. */
export function withTarget(command: Command): Command {
  const options = [
    new Option(
      '--socket <PATH>',
      'of the daemon here (default: BUNDLET_CONTROL_SOCKET, or /run/bundlet/control/control.sock)',
    ).conflicts('host'),
    new Option('-H, --host <HOST[:PORT]>', `a daemon elsewhere, by its port (default: ${DEFAULT_PORT})`),
    new Option(
      '--authkey <FILE>',
      'the key that it shares (default: PCMK_authkey_location, or /etc/pacemaker/authkey)',
    ),
    new Option('--ca <FILE>', 'certificates in place of a key: whom we trust'),
    new Option('--cert <FILE>', '… ours'),
    new Option('--key <FILE>', '… and its key'),
  ];
  for (const option of options) {
    command.addOption(option.helpGroup('Which daemon:'));
  }
  return command.addOption(
    new Option('-o, --output <FORMAT>', 'how it is shown').choices(DOCUMENT_FORMATS).default('human'),
  );
}

/** Whom to ask. @throws AgentError CONFIG_INVALID for what doesn't go together or can't be read */
export async function targetOf(flags: AskFlags, io: Io): Promise<ControlTarget> {
  if (flags.host === undefined) {
    const socket = flags.socket ?? readControlSocket(io.env, []);
    if (socket === undefined) {
      throw usageError('Expected a socket: BUNDLET_CONTROL_SOCKET is none; give --socket or --host');
    }
    return { kind: 'local', socket };
  }
  const { host, port } = hostAndPort(flags.host);
  const certificates = certificatesOf(flags);
  if (certificates !== undefined) {
    return { kind: 'remote', options: { host, port, certificates } };
  }
  const { readKeyFile } = await import('../../client/key-file.ts');
  const path = flags.authkey ?? io.env['PCMK_authkey_location'] ?? '/etc/pacemaker/authkey';
  return { kind: 'remote', options: { host, port, key: await readKeyFile(path) } };
}

/** `NAME`, `NAME:PORT`, `[ADDRESS]:PORT`, or an IPv6 address alone. */
export function hostAndPort(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:[\]]+|[^:[\]]*:[^:[\]]*:[^[\]]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) {
    throw usageError(`Expected HOST or HOST:PORT such as web-1:3121 or [fd00::2]:3121, got "${text}"`);
  }
  return { host, port };
}

function certificatesOf({ ca, cert, key }: AskFlags): { ca: string; cert: string; key: string } | undefined {
  if (ca === undefined && cert === undefined && key === undefined) {
    return undefined;
  }
  if (ca === undefined || cert === undefined || key === undefined) {
    throw usageError('Expected --ca, --cert and --key together');
  }
  return { ca, cert, key };
}

/** The time that one answer may take, and the end that the user may want. */
export const answerIn = (io: Io, ms = ANSWER_MS): AbortSignal =>
  AbortSignal.any([io.signal, AbortSignal.timeout(ms)]);

/** Connects, lets `use` ask, and leaves. */
export async function withDaemon<T>(
  flags: AskFlags,
  io: Io,
  use: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const { connectControl } = await import('../../control/ask/connect.ts');
  const client = await connectControl(await targetOf(flags, io), answerIn(io));
  try {
    return await use(client);
  } finally {
    client.close();
  }
}
