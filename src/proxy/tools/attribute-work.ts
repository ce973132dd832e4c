import { constants } from 'node:os';
import type { XmlElement } from '../../protocol/xml-tree.ts';
import { CIB_OPTION } from '../cib-session.ts';
import { askAttributeManager, plain } from './attribute-manager.ts';
import {
  type AttributeChange,
  type AttributeKey,
  type AttributePlace,
  attributePath,
  newAttribute,
  nvpair,
} from './attribute-place.ts';
import type { AttributeWish } from './attribute-wish.ts';
import { type CibClient, CibFailure } from './cib-client.ts';
import type { ClusterNode } from './cluster-node.ts';
import { type ToolOutput, tag } from './output.ts';
import { matching } from './pattern.ts';
import { errorText, exitCodeOf, TOOL_EXIT } from './result.ts';
import type { ToolCall, ToolContext, ToolResult } from './tool.ts';

export interface AttributeWorkOptions {
  readonly wish: AttributeWish;
  readonly output: ToolOutput;
  readonly cib: CibClient;
  readonly section: string;
  /** Whose attribute it is, where a node was looked for. */
  readonly node: ClusterNode | undefined;
  /** Name of that node. */
  readonly host: string | undefined;
  readonly call: ToolCall;
  readonly context: ToolContext;
}

const { errno } = constants;

/** What `crm_attribute` does once it knows where: query, update, delete [pcmk crm_attribute.c, cib_attrs.c]. */
export class AttributeWork {
  readonly #options: AttributeWorkOptions;
  readonly #wish: AttributeWish;
  readonly #place: AttributePlace;
  /** The first thing that went wrong; no other is told. */
  #problem: string | undefined;

  constructor(options: AttributeWorkOptions) {
    const { wish, section, node } = options;
    this.#options = options;
    this.#wish = wish;
    this.#place = {
      section,
      node: DEFAULTS.test(section) ? undefined : node,
      isUtilization: wish.isUtilization,
      setName: wish.setName,
    };
  }

  async run(): Promise<ToolResult> {
    const exitCode = await this.#exitCode();
    const { output } = this.#options;
    return this.#problem === undefined ? output.end(exitCode) : output.failed(exitCode, this.#problem);
  }

  async #exitCode(): Promise<number> {
    try {
      return this.#wish.command === 'query' ? await this.#query() : await this.#change();
    } catch (error) {
      if (!(error instanceof CibFailure)) {
        throw error;
      }
      this.#problem ??= `Error performing operation: ${error.message}`;
      return error.exitCode;
    }
  }

  async #query(): Promise<number> {
    const { name, pattern, id, fallback } = this.#wish;
    const found = await this.#find(pattern === undefined ? { id, name } : {});
    if (found.length === 0 && fallback !== undefined) {
      this.#tell({ name: pattern ?? name, value: fallback, attr_host: this.#options.host });
      return TOOL_EXIT.ok;
    }
    const wanted = pattern === undefined ? found : await namesMatch(pattern, found);
    // A single one that doesn't match is no error to the real one.
    if (wanted.length === 0 && found.length !== 1) {
      throw new CibFailure(-errno.ENXIO);
    }
    for (const { attributes } of wanted) {
      this.#tell(attributes);
    }
    return TOOL_EXIT.ok;
  }

  #tell({ name, value, attr_host: host }: Readonly<Record<string, string | undefined>>): void {
    const { id, isQuiet } = this.#wish;
    const { output, section } = this.#options;
    const idText = id === undefined ? '' : `id=${id}`;
    const nameText = name === undefined ? '' : `name=${name}`;
    const text = isQuiet
      ? (value ?? '')
      : `scope=${section} ${idText} ${nameText} value=${value ?? '(null)'}`;
    output.add(text, tag('attribute', { name, value, scope: section, id, host }));
  }

  /** Transient attributes are the attribute manager's, all else is done in the configuration itself. */
  async #change(): Promise<number> {
    const { command, pattern } = this.#wish;
    if (this.#options.section.toLowerCase() === 'status') {
      const code = await this.#askManager();
      // The real one goes on with the pattern as a name, and makes an attribute of that name.
      if (code === 0 || pattern !== undefined) {
        return exitCodeOf(code);
      }
    }
    return command === 'update' ? this.#update() : this.#delete();
  }

  /** An error number (positive), or 0. Without an answer the real one changes the configuration itself. */
  async #askManager(): Promise<number> {
    const { name, pattern, value, setName } = this.#wish;
    const { node, host, call, context } = this.#options;
    const key = pattern === undefined ? { name } : { pattern };
    const request = { ...key, value, node: host, set: setName, isRemote: node?.isRemote === true };
    const code =
      (pattern ?? name) === undefined
        ? errno.EINVAL
        : failureIn(await askAttributeManager({ task: 'update', ...request }, call, context));
    if (code !== 0) {
      // What C makes of a text that isn't there.
      const what = `${pattern ?? name ?? '(null)'}=${value ?? '(null)'}`;
      this.#problem = `Could not update ${what}: ${errorText(code)} (${code})`;
    }
    return code;
  }

  async #update(): Promise<number> {
    const { id, name } = this.#wish;
    const value = plain(this.#wish.value ?? '');
    if (id === undefined && name === undefined) {
      throw new CibFailure(-errno.EINVAL);
    }
    const found = await this.#find({ id, name });
    if (found.length > 1) {
      this.#tellSeveral(found);
      this.#problem = "Please choose from one of the matches below and supply the 'id' with --attr-id";
      return TOOL_EXIT.multiple;
    }
    const [present] = found;
    const change: AttributeChange =
      present === undefined
        ? newAttribute(this.#place, { id, name }, value)
        : { section: this.#place.section, data: nvpair({ id: present.attributes['id'], name }, value) };
    try {
      await this.#options.cib.change({ op: 'cib_modify', ...change, options: this.#announcement });
    } catch (error) {
      if (error instanceof CibFailure) {
        const what = `${name ?? (present === undefined ? id : '(null)')}=${value}`;
        const where = `section=${change.section}, set=${change.setName ?? this.#wish.setName ?? '<null>'}`;
        this.#options.output.error(`Error setting ${what} (${where}): ${error.meaning}`);
      }
      throw error;
    }
    return TOOL_EXIT.ok;
  }

  /** What isn't there is as good as deleted. */
  async #delete(): Promise<number> {
    const { id, name, setName } = this.#wish;
    const found = id === undefined ? await this.#find({ name }) : [];
    if (found.length > 1) {
      // An error all the same, but not to the real one.
      this.#tellSeveral(found);
      return TOOL_EXIT.ok;
    }
    const foundId = found[0]?.attributes['id'];
    if (id === undefined && foundId === undefined) {
      return TOOL_EXIT.ok;
    }
    try {
      const data = nvpair({ id: id ?? foundId, name });
      await this.#options.cib.change({
        op: 'cib_delete',
        section: this.#place.section,
        data,
        options: this.#announcement,
      });
    } catch (error) {
      if (error instanceof CibFailure && error.isMissing) {
        return TOOL_EXIT.ok;
      }
      throw error;
    }
    const kind = this.#options.node === undefined ? 'option' : 'attribute';
    const set = setName === undefined ? '' : ` set=${setName}`;
    const named = name === undefined ? '' : ` name=${name}`;
    this.#info(`Deleted ${this.#place.section} ${kind}: id=${foundId ?? '(null)'}${set}${named}`);
    return TOOL_EXIT.ok;
  }

  async #find(key: AttributeKey): Promise<readonly XmlElement[]> {
    const path = attributePath(this.#place, key);
    if (path === undefined) {
      throw new CibFailure(-errno.ENOMSG);
    }
    return this.#options.cib.find(path);
  }

  get #announcement(): number {
    return this.#wish.isUnannounced ? CIB_OPTION.quiet : 0;
  }

  #tellSeveral(found: readonly XmlElement[]): void {
    this.#info(`Multiple attributes match name=${this.#wish.name ?? '(null)'}`);
    for (const { attributes } of found) {
      this.#info(`  Value: ${attributes['value'] ?? ''} \t(id=${attributes['id'] ?? ''})`);
    }
  }

  #info(line: string): void {
    if (!this.#wish.isQuiet) {
      this.#options.output.remark(line);
    }
  }
}

/** Their attributes are options of the cluster, though the real one looks for a node first. */
const DEFAULTS = /^(rsc|op)_defaults$/;

async function namesMatch(pattern: string, found: readonly XmlElement[]): Promise<readonly XmlElement[]> {
  const nameOf = ({ attributes }: XmlElement): string => attributes['name'] ?? '';
  const names = await matching(pattern, found.map(nameOf));
  return found.filter((pair) => names.has(nameOf(pair)));
}

const failureIn = (outcome: { readonly kind: string; readonly errno?: number }): number => outcome.errno ?? 0;
