import { readFile } from 'node:fs/promises';
import { AgentError, messageOf } from '../errors/agent-error.ts';
import { type DocumentElement, readDocument } from '../protocol/xml-document.ts';
import {
  DEFAULT_TIMEOUT_MS,
  ON_FAIL,
  type OnFail,
  type SoloDefinition,
  type SoloOperation,
} from './definition.ts';
import { timeMs } from './times.ts';

/** More is no definition of one resource. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * Reads a `<primitive>`, the `<bundle>` around one, or a configuration that holds one such.
 * @throws AgentError DEFINITION_INVALID
 */
export async function readDefinitionFile(path: string): Promise<SoloDefinition> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw invalid(`Expected a definition at ${path}, got ${messageOf(error)}`);
  });
  if (bytes.length > LIMIT_BYTES) {
    throw invalid(`Expected a definition of at most ${LIMIT_BYTES} bytes, ${path} has ${bytes.length}`);
  }
  return readDefinition(bytes.toString('utf8'), path);
}

/** @throws AgentError DEFINITION_INVALID; `path` is for messages */
export function readDefinition(text: string, path: string): SoloDefinition {
  const { root, fault } = readDocument(text);
  if (root === undefined) {
    throw invalid(`Expected XML in ${path}, got ${fault.message} in or before line ${fault.line}`);
  }
  return new Reading(path).definition(root);
}

const invalid = (message: string): AgentError =>
  new AgentError('DEFINITION_INVALID', message, { labels: ['config'] });

type Attributes = ReadonlyMap<string, string>;

const YES: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on', 'y']);
const NO: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off', 'n']);

/** Meta attributes that mean something here, or rightly nothing. */
const KNOWN_META: ReadonlySet<string> = new Set([
  'migration-threshold',
  'failure-timeout',
  'target-role',
  'is-managed',
  'resource-stickiness',
  'priority',
  'maintenance',
  'allow-migrate',
  'multiple-active',
  'container-attribute-target',
]);

/** Attributes of `<op>` that mean something here. */
const KNOWN_OP: ReadonlySet<string> = new Set([
  ...[
    'id',
    'name',
    'interval',
    'timeout',
    'start-delay',
    'on-fail',
    'enabled',
    'role',
    'OCF_CHECK_LEVEL',
    'depth',
  ],
  'description',
  'record-pending',
]);

class Reading {
  readonly #path: string;
  readonly #notes: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  definition(root: DocumentElement): SoloDefinition {
    const found = descendants(root, 'primitive');
    const [primitive] = found;
    if (primitive === undefined || found.length > 1) {
      const got = found.length === 0 ? `<${root.name}> without any` : `${found.length} of them`;
      throw this.#wrong(`one <primitive>, alone or in a <bundle>, got ${got}`, root);
    }
    for (const name of ['clone', 'master', 'group']) {
      if (descendants(root, name).length > 0) {
        throw this.#wrong(
          `a <primitive> or <bundle>, got <${name}>: solo mode keeps one resource running`,
          root,
        );
      }
    }
    const properties = this.#nvpairs(root, 'cluster_property_set');
    const defaults = this.#nvpairs(root, 'rsc_defaults');
    const meta = new Map([...defaults, ...this.#children(primitive, 'meta_attributes')]);
    const operations = this.#operations(primitive, this.#nvpairs(root, 'op_defaults'));
    this.#noteUnknown(meta);
    return {
      ...this.#agent(primitive),
      parameters: this.#children(primitive, 'instance_attributes'),
      migrationThreshold: this.#threshold(meta, primitive),
      failureTimeoutMs: this.#time(meta.get('failure-timeout') ?? '0', 'failure-timeout', primitive),
      startFailureIsFatal: this.#boolean(
        meta.get('start-failure-is-fatal') ?? properties.get('start-failure-is-fatal') ?? 'true',
        'start-failure-is-fatal',
        primitive,
      ),
      isToRun: (meta.get('target-role') ?? 'Started').toLowerCase() !== 'stopped',
      isManaged:
        this.#boolean(meta.get('is-managed') ?? 'true', 'is-managed', primitive) &&
        !this.#boolean(meta.get('maintenance') ?? 'false', 'maintenance', primitive),
      operations,
      notes: this.#notes,
    };
  }

  #agent(primitive: DocumentElement): Pick<SoloDefinition, 'id' | 'class' | 'provider' | 'type'> {
    const { id, class: standard, provider, type, template } = primitive.attributes;
    if (template !== undefined) {
      throw this.#wrong(`class, provider and type, got template="${template}": write them out`, primitive);
    }
    const missing = Object.entries({ id, class: standard, type }).find(
      ([, value]) => (value ?? '') === '',
    )?.[0];
    if (missing !== undefined || (standard === 'ocf' && (provider ?? '') === '')) {
      throw this.#wrong(`an attribute ${missing ?? 'provider'}`, primitive);
    }
    return {
      id: id ?? '',
      class: standard ?? '',
      type: type ?? '',
      ...(provider === undefined ? {} : { provider }),
    };
  }

  #operations(primitive: DocumentElement, defaults: Attributes): readonly SoloOperation[] {
    const elements = primitive.children
      .filter(({ name }) => name === 'operations')
      .flatMap(({ children }) => children);
    const operations = elements
      .filter(({ name }) => name === 'op')
      .flatMap((op) => this.#operation(op, defaults));
    const seen = new Set<string>();
    for (const { name, intervalMs } of operations) {
      const key = `${name} with interval ${intervalMs / 1000} s`;
      if (seen.has(key)) {
        throw this.#wrong(
          `each operation once, got ${key} twice: results could not be told apart`,
          primitive,
        );
      }
      seen.add(key);
    }
    return operations;
  }

  /** None for one that has no effect. */
  #operation(op: DocumentElement, defaults: Attributes): readonly SoloOperation[] {
    const given = new Map([...Object.entries(op.attributes), ...this.#children(op, 'meta_attributes')]);
    const name = given.get('name') ?? '';
    if (name === '') {
      throw this.#wrong('an attribute name', op);
    }
    for (const attribute of given.keys()) {
      if (!KNOWN_OP.has(attribute)) {
        this.#notes.push(`op ${name}: ${attribute} has no effect in solo mode`);
      }
    }
    const role = (given.get('role') ?? 'Started').toLowerCase();
    const isOn = this.#boolean(given.get('enabled') ?? 'true', 'enabled', op);
    if (role === 'stopped' || role === 'promoted' || role === 'master') {
      this.#notes.push(
        `op ${name} with role ${given.get('role')} is left out: solo mode has the role Started alone`,
      );
      return [];
    }
    const get = (attribute: string, fallback: string): string =>
      given.get(attribute) ?? defaults.get(attribute) ?? fallback;
    const level = given.get('OCF_CHECK_LEVEL') ?? given.get('depth');
    const onFail = this.#onFail(get('on-fail', ''), op);
    const operation = {
      name,
      intervalMs: this.#time(given.get('interval') ?? '0', 'interval', op),
      timeoutMs: this.#time(get('timeout', String(DEFAULT_TIMEOUT_MS / 1000)), 'timeout', op),
      startDelayMs: this.#time(get('start-delay', '0'), 'start-delay', op),
      parameters: new Map([
        ...(level === undefined ? [] : ([['OCF_CHECK_LEVEL', level]] as const)),
        ...this.#children(op, 'instance_attributes'),
      ]),
      ...(onFail === undefined ? {} : { onFail }),
    };
    return isOn ? [operation] : [];
  }

  #onFail(text: string, op: DocumentElement): OnFail | undefined {
    const found = ON_FAIL.find((word) => word === text);
    if (found === undefined && text !== '') {
      throw this.#wrong(`on-fail to be one of ${ON_FAIL.join(', ')}, got "${text}"`, op);
    }
    return found;
  }

  #threshold(meta: Attributes, primitive: DocumentElement): number {
    const text = meta.get('migration-threshold') ?? 'INFINITY';
    if (/^\+?INFINITY$/i.test(text)) {
      return 0;
    }
    if (!/^\d{1,7}$/.test(text)) {
      throw this.#wrong(`migration-threshold to be a number or INFINITY, got "${text}"`, primitive);
    }
    return Number(text);
  }

  #time(text: string, name: string, at: DocumentElement): number {
    const ms = timeMs(text);
    if (ms === undefined) {
      throw this.#wrong(`${name} to be a time such as 20s, 1500ms or PT2M, got "${text}"`, at);
    }
    return ms;
  }

  #boolean(text: string, name: string, at: DocumentElement): boolean {
    const word = text.toLowerCase();
    if (!YES.has(word) && !NO.has(word)) {
      throw this.#wrong(`${name} to be true or false, got "${text}"`, at);
    }
    return YES.has(word);
  }

  #noteUnknown(meta: Attributes): void {
    for (const name of meta.keys()) {
      if (!KNOWN_META.has(name) && name !== 'start-failure-is-fatal') {
        this.#notes.push(`meta attribute ${name} has no effect in solo mode`);
      }
    }
  }

  /** Of all elements of a name, wherever they are. */
  #nvpairs(root: DocumentElement, name: string): Attributes {
    return new Map(descendants(root, name).flatMap((element) => this.#pairs(element)));
  }

  /** Of the element's own children of a name. */
  #children(element: DocumentElement, name: string): Attributes {
    return new Map(
      element.children.filter((child) => child.name === name).flatMap((child) => this.#pairs(child)),
    );
  }

  #pairs(element: DocumentElement): readonly (readonly [string, string])[] {
    if (descendants(element, 'rule').length > 0) {
      this.#notes.push(`the rule in line ${element.line} has no effect in solo mode: its values hold always`);
    }
    return descendants(element, 'nvpair').map((pair) => {
      const { name, value } = pair.attributes;
      if (name === undefined) {
        throw this.#wrong('an nvpair with a name and a value', pair);
      }
      return [name, value ?? ''] as const;
    });
  }

  #wrong(expected: string, at: DocumentElement): AgentError {
    return invalid(`Expected ${expected} (${this.#path}, line ${at.line})`);
  }
}

/** The element itself and all in it that have the name. */
function descendants(element: DocumentElement, name: string): readonly DocumentElement[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => descendants(child, name)),
  ];
}
