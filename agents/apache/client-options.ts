import { splitWords } from './words.ts';

/** What of the options of curl and wget an own client can do. */
export interface ClientOptions {
  readonly isInsecure?: boolean;
  readonly caFile?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly password?: string;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly maxRedirects?: number;
  readonly method?: 'HEAD';
  readonly localAddress?: string;
  readonly socketPath?: string;
  /** curl's `--resolve`: addresses by `host:port`. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Words that mean nothing to the agent. */
  readonly unknown: readonly string[];
}

type Draft = { -readonly [K in keyof ClientOptions]: ClientOptions[K] } & {
  headers: Record<string, string>;
  addresses: Record<string, string>;
  unknown: string[];
};

type Flag = (draft: Draft) => void;
type Setting = (draft: Draft, value: string) => void;

const nothing: Flag = () => undefined;

const insecure: Flag = (draft) => {
  draft.isInsecure = true;
};

const FLAGS: ReadonlyMap<string, Flag> = new Map(
  Object.entries<Flag>({
    '-k': insecure,
    '--insecure': insecure,
    '--no-check-certificate': insecure,
    '-I': (draft) => {
      draft.method = 'HEAD';
    },
    '--head': (draft) => {
      draft.method = 'HEAD';
    },
    // What the agent does in any case: follows redirects, says nothing, goes through no proxy, calls no success what isn't.
    ...Object.fromEntries(
      '-s -S -q -L -f -g -4 -6 --silent --show-error --quiet --location --fail --globoff --no-proxy --basic --compressed'
        .split(' ')
        .map((word) => [word, nothing]),
    ),
  }),
);

const header: Setting = (draft, value) => {
  const [, name = '', text = ''] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/s.exec(value) ?? [];
  if (name === '') {
    draft.unknown.push(value);
  } else {
    draft.headers[name] = text;
  }
};

const setHeader =
  (name: string): Setting =>
  (draft, value) => {
    draft.headers[name] = value;
  };

const caFile: Setting = (draft, value) => {
  draft.caFile = value;
};
const user: Setting = (draft, value) => {
  const [name = '', ...password] = value.split(':');
  draft.user = name;
  if (password.length > 0) {
    draft.password = password.join(':');
  }
};
const password: Setting = (draft, value) => {
  draft.password = value;
};
const timeout: Setting = (draft, value) => {
  draft.timeoutMs = seconds(value);
};
const connectTimeout: Setting = (draft, value) => {
  draft.connectTimeoutMs = seconds(value);
};
const redirects: Setting = (draft, value) => {
  draft.maxRedirects = Math.max(0, Math.trunc(Number(value)) || 0);
};
const localAddress: Setting = (draft, value) => {
  // curl takes names of interfaces, too; the loopback's is what the agent does in any case.
  if (value !== 'lo') {
    draft.localAddress = value;
  }
};

const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.entries<Setting>({
    '--cacert': caFile,
    '--ca-certificate': caFile,
    '-H': header,
    '--header': header,
    '-A': setHeader('User-Agent'),
    '-U': setHeader('User-Agent'),
    '--user-agent': setHeader('User-Agent'),
    '-e': setHeader('Referer'),
    '--referer': setHeader('Referer'),
    '-b': setHeader('Cookie'),
    '--cookie': setHeader('Cookie'),
    '-u': user,
    '--user': user,
    '--http-user': user,
    '--password': password,
    '--http-password': password,
    '--http-passwd': password,
    '-m': timeout,
    '--max-time': timeout,
    '-T': timeout,
    '--timeout': timeout,
    '--connect-timeout': connectTimeout,
    '--max-redirs': redirects,
    '--max-redirect': redirects,
    '--interface': localAddress,
    '--bind-address': localAddress,
    '--unix-socket': (draft, value) => {
      draft.socketPath = value;
    },
    '--resolve': (draft, value) => {
      const [, place = '', address = ''] = /^\+?([^:]+:\d+):(.+)$/.exec(value) ?? [];
      if (place === '') {
        draft.unknown.push(`--resolve ${value}`);
      } else {
        draft.addresses[place.toLowerCase()] = address.replace(/^\[(.*)\]$/, '$1');
      }
    },
    // The body is read in any case.
    '-o': () => undefined,
    '-O': () => undefined,
  }),
);

/**
 * Reads `client_opts` of a test.
 * @throws TypeError for quotes without their counterparts
 */
export function parseClientOptions(text: string): ClientOptions {
  const draft: Draft = { headers: {}, addresses: {}, unknown: [] };
  const words = [...splitWords(text)];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = word, given] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    // `-m5` is `-m 5` to both clients.
    const short = word.slice(0, 2);
    const joined =
      !word.startsWith('--') && word.length > 2 && SETTINGS.has(short) ? word.slice(2) : undefined;
    const setting = SETTINGS.get(joined === undefined ? name : short);
    if (setting !== undefined) {
      const value = given ?? joined ?? words.shift();
      if (value === undefined) draft.unknown.push(word);
      else setting(draft, value);
    } else if (!readFlags(draft, word)) {
      draft.unknown.push(word);
    }
  }
  return draft;
}

/** One flag, or several of one letter in a word, such as `-sk`. */
function readFlags(draft: Draft, word: string): boolean {
  const flags = FLAGS.has(word)
    ? [word]
    : /^-[a-zA-Z]+$/.test(word)
      ? [...word.slice(1)].map((one) => `-${one}`)
      : [];
  const found = flags.map((flag) => FLAGS.get(flag));
  if (found.length === 0 || found.includes(undefined)) {
    return false;
  }
  for (const flag of found) {
    flag?.(draft);
  }
  return true;
}

const seconds = (text: string): number => Math.max(1, Math.ceil(Number(text) * 1000) || 1);
