import type { XmlElement } from '../../protocol/xml-tree.ts';
import { type AttributeTask, askAttributeManager, targetNode } from './attribute-manager.ts';
import {
  COMMON_OPTIONS,
  type GivenOption,
  OUTPUT_OPTIONS,
  readCommandLine,
  type ToolUsage,
} from './command-line.ts';
import { outputFor, type ToolOutput, tag, unknownFormat } from './output.ts';
import { EREMOTEIO, errorText, exitCodeOf, TOOL_EXIT, withoutWork, wronglyUsed } from './result.ts';
import type { ToolCall, ToolContext, ToolResult } from './tool.ts';

const USAGE: ToolUsage = {
  name: 'attrd_updater',
  does: 'sets, deletes and shows transient node attributes',
  helpPages: ['output', 'required', 'command', 'additional'],
  options: [
    { long: 'name', short: 'n', value: 'NAME', joined: true, meaning: 'the attribute' },
    { long: 'update', short: 'U', value: 'VALUE', joined: true, meaning: 'set its value' },
    { long: 'update-both', short: 'B', value: 'VALUE', joined: true, meaning: 'set its value and --delay' },
    { long: 'update-delay', short: 'Y', meaning: 'set its --delay only' },
    { long: 'query', short: 'Q', meaning: 'show its value (also without a command)' },
    { long: 'delete', short: 'D', meaning: 'take its value away' },
    { long: 'refresh', short: 'R', meaning: 'let the cluster write all attributes anew' },
    {
      long: 'delay',
      short: 'd',
      value: 'SECONDS',
      joined: true,
      meaning: 'how long to wait for more changes before they are written',
    },
    { long: 'set', short: 's', value: 'SET', joined: true, meaning: 'id of the set that it is written to' },
    { long: 'node', short: 'N', value: 'NODE', joined: true, meaning: 'of that node, not of this one' },
    { long: 'all', short: 'A', meaning: 'of all nodes (--query)' },
    { long: 'lifetime', short: 'l', value: 'SECTION', joined: true, meaning: 'taken, without effect' },
    { long: 'private', short: 'p', meaning: 'a new attribute is never written to the configuration' },
    ...OUTPUT_OPTIONS,
    ...COMMON_OPTIONS,
    { long: 'quiet', short: 'q' },
    // Names of older releases.
    { long: 'update', short: 'v', value: 'VALUE', joined: true },
    { long: 'section', short: 'S', value: 'SECTION', joined: true },
  ],
};

const LIFETIMES: ReadonlySet<string> = new Set(['reboot', 'status', 'forever', 'nodes']);

const TASKS: Readonly<Record<string, AttributeTask>> = {
  update: 'update',
  delete: 'update',
  'update-both': 'update-both',
  'update-delay': 'update-delay',
  refresh: 'refresh',
  query: 'query',
};

/** What the options say, the last one of each kind. */
interface Wish {
  readonly task: AttributeTask;
  readonly name?: string;
  readonly value?: string;
  readonly delay?: string;
  readonly set?: string;
  readonly node?: string;
  readonly isForAll: boolean;
  readonly isPrivate: boolean;
}

/** `attrd_updater` [pcmk attrd_updater.c]. */
export async function attrdUpdater(call: ToolCall, context: ToolContext): Promise<ToolResult> {
  const line = readCommandLine(USAGE, call.args);
  if (line.kind !== 'given') {
    return withoutWork(USAGE, line) as ToolResult;
  }
  const { options } = line;
  const lifetime = options.find(
    ({ option, value = '' }) => (option === 'lifetime' || option === 'section') && !LIFETIMES.has(value),
  );
  if (lifetime !== undefined) {
    return wronglyUsed(USAGE.name, `Unknown value for --lifetime: ${lifetime.value}`);
  }
  const output = outputFor(call, options);
  if (output === undefined) {
    return unknownFormat(call, options);
  }
  if (options.some(({ option }) => option === 'version')) {
    return output.version();
  }
  const wish = wishOf(options);
  if (wish.name === undefined && wish.task !== 'refresh') {
    return output.failed(TOOL_EXIT.usage, 'Command requires --name argument');
  }
  return wish.task === 'query'
    ? query(wish, output, { call, context })
    : update(wish, output, { call, context });
}

/** A command, where several are given, takes its value from the last option that has one, and a delete takes it away. */
function wishOf(options: readonly GivenOption[]): Wish {
  let task: AttributeTask = 'query';
  let value: string | undefined;
  for (const given of options) {
    const next = TASKS[given.option];
    if (next !== undefined) {
      task = next;
      value = given.value ?? (given.option === 'delete' ? undefined : value);
    }
  }
  const last = (name: string): string | undefined => options.findLast(({ option }) => option === name)?.value;
  const texts = { name: last('name'), delay: last('delay'), set: last('set'), node: last('node'), value };
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
  return {
    task,
    ...given,
    isForAll: options.some(({ option }) => option === 'all'),
    isPrivate: options.some(({ option }) => option === 'private'),
  };
}

interface From {
  readonly call: ToolCall;
  readonly context: ToolContext;
}

async function update(wish: Wish, output: ToolOutput, { call, context }: From): Promise<ToolResult> {
  const { task, name, value, set, delay, isPrivate } = wish;
  const takesDelay = task === 'update-both' || task === 'update-delay';
  if (takesDelay && delay === undefined) {
    const letter = task === 'update-both' ? 'B' : 'Y';
    output.remark(`Warning: '${letter}' command given without required --delay`);
  }
  const node = targetNode(wish.node, call.env);
  const outcome = await askAttributeManager(
    task === 'refresh'
      ? { task, ...optional({ node }) }
      : { task, isPrivate, ...optional({ name, value, set, node, ...(takesDelay ? { delay } : {}) }) },
    call,
    context,
  );
  if (outcome.kind === 'answer') {
    return output.succeeded();
  }
  const { errno } = outcome;
  // The real one prints what C makes of a text that isn't there.
  const what = `${name ?? '(null)'}=${value ?? '(null)'}`;
  return output.failed(exitCodeOf(errno), `Could not update ${what}: ${errorText(errno)} (${errno})`);
}

async function query(wish: Wish, output: ToolOutput, { call, context }: From): Promise<ToolResult> {
  const { name = '' } = wish;
  const node = targetNode(wish.isForAll ? undefined : wish.node, call.env);
  const outcome = await askAttributeManager({ task: 'query', name, ...optional({ node }) }, call, context);
  if (outcome.kind === 'failed') {
    const { errno } = outcome;
    const text = errorText(errno);
    return errno === EREMOTEIO
      ? output.failed(exitCodeOf(errno), `Could not connect to attrd: ${text}`)
      : output.failed(exitCodeOf(errno), `Could not query value of ${name}: ${text} (${errno})`);
  }
  if (!show(outcome.answer, output)) {
    return output.failed(TOOL_EXIT.config, `Could not query value of ${name}: attribute does not exist`);
  }
  return output.succeeded();
}

/** Whether the answer holds the attribute for any node. The C library turns its list round. */
function show({ attributes, children }: XmlElement, output: ToolOutput): boolean {
  const name = attributes['attr_name'];
  const nodes = children.filter((child) => child.name === 'node').toReversed();
  if (name === undefined) {
    return false;
  }
  for (const node of nodes) {
    const { attr_host = '', attr_value: value = '' } = node.attributes as Record<string, string | undefined>;
    const host = attr_host === '' ? undefined : attr_host;
    const where = host === undefined ? '' : ` host="${host}"`;
    output.add(`name="${name}"${where} value="${value}"`, tag('attribute', { name, value, host }));
  }
  return nodes.length > 0;
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** The fields that are there. */
function optional<Fields extends Record<string, string | undefined>>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}
