import { escapeAttribute } from '../../protocol/xml-write.ts';
import type { GivenOption } from './command-line.ts';
import { COMPATIBLE_VERSION, failed, requestOf, TOOL_EXIT, VERSION_TEXT } from './result.ts';
import type { ToolCall, ToolResult } from './tool.ts';

/** What `--output-as` takes. */
export type OutputFormat = 'text' | 'xml' | 'none';

/** Version of the schema of the tools' XML output [pcmk output_internal.h: PCMK__API_VERSION]. */
const API_VERSION = '2.25';

/** What `crm_error -X` says to each code that we end with. */
const EXIT_TEXTS: Readonly<Record<number, string>> = {
  [TOOL_EXIT.ok]: 'OK',
  [TOOL_EXIT.error]: 'Error occurred',
  [TOOL_EXIT.unimplemented]: 'Unimplemented',
  [TOOL_EXIT.insufficientPrivileges]: 'Insufficient privileges',
  [TOOL_EXIT.usage]: 'Incorrect usage',
  [TOOL_EXIT.noHost]: 'Host does not exist',
  [TOOL_EXIT.software]: 'Internal software bug',
  [TOOL_EXIT.osError]: 'Operating system error occurred',
  [TOOL_EXIT.ioError]: 'I/O error occurred',
  [TOOL_EXIT.protocol]: 'Protocol violated',
  [TOOL_EXIT.config]: 'Invalid configuration',
  [TOOL_EXIT.disconnect]: 'Not connected',
  [TOOL_EXIT.older]: 'Update was older than existing configuration',
  [TOOL_EXIT.noSuch]: 'No such object',
  [TOOL_EXIT.quorum]: 'Quorum required',
  [TOOL_EXIT.exists]: 'Requested item already exists',
  [TOOL_EXIT.multiple]: 'Multiple items match request',
  [TOOL_EXIT.unsatisfied]: 'Not applicable under current conditions',
  [TOOL_EXIT.timeout]: 'Timeout occurred',
};

/**
 * The formatted output of one call, for tools that have `--output-as` [pcmk output_text.c, output_xml.c]: the same facts
 * as lines, as XML, or not at all. Only the exit code is there in each.
 */
export class ToolOutput {
  readonly #call: ToolCall;
  readonly #format: OutputFormat;
  readonly #lines: string[] = [];
  readonly #elements: string[] = [];
  readonly #errors: string[] = [];

  constructor(call: ToolCall, format: OutputFormat) {
    this.#call = call;
    this.#format = format;
  }

  /** A remark that is no result: XML has no place for it. */
  remark(line: string): void {
    this.#lines.push(line);
  }

  /** One result: as a line, and as an XML element. */
  add(line: string, xml: string): void {
    this.#lines.push(line);
    this.#elements.push(xml);
  }

  /** What went wrong, as it stands. */
  error(line: string): void {
    this.#errors.push(line);
  }

  succeeded(): ToolResult {
    return this.end(TOOL_EXIT.ok);
  }

  /** With a message each, without the tool's name. */
  failed(exitCode: number, ...messages: readonly string[]): ToolResult {
    for (const message of messages) {
      this.error(`${this.#call.name}: ${message}`);
    }
    return this.end(exitCode);
  }

  /** The version and nothing else. */
  version(): ToolResult {
    if (this.#format === 'text') {
      return { exitCode: TOOL_EXIT.ok, stdout: VERSION_TEXT, stderr: '' };
    }
    this.add('', tag('version', { program: 'Pacemaker', version: COMPATIBLE_VERSION, author: 'Bundlet' }));
    return this.succeeded();
  }

  /** With what was told until now. */
  end(exitCode: number): ToolResult {
    switch (this.#format) {
      case 'none':
        return { exitCode, stdout: '', stderr: '' };
      case 'xml':
        return { exitCode, stdout: this.#document(exitCode), stderr: '' };
      case 'text':
        return { exitCode, stdout: lines(this.#lines), stderr: lines(this.#errors) };
    }
  }

  #document(exitCode: number): string {
    const status = { code: String(exitCode), message: EXIT_TEXTS[exitCode] ?? 'Unknown exit status' };
    const told = this.#errors.map((error) => `      <error>${escapeText(error)}</error>`);
    const end =
      told.length === 0
        ? [`  ${tag('status', status)}`]
        : [`  ${open('status', status)}`, '    <errors>', ...told, '    </errors>', '  </status>'];
    return lines([
      open('pacemaker-result', { 'api-version': API_VERSION, request: requestOf(this.#call) }),
      ...this.#elements.map((element) => `  ${element}`),
      ...end,
      '</pacemaker-result>',
    ]);
  }
}

/** The output that a command line asks for; undefined for a format that doesn't exist. */
export function outputFor(call: ToolCall, options: readonly GivenOption[]): ToolOutput | undefined {
  const format = options.findLast(({ option }) => option === 'output-as')?.value ?? 'text';
  return isFormat(format) ? new ToolOutput(call, format) : undefined;
}

/** What a tool says to a format that doesn't exist. */
export function unknownFormat({ name }: ToolCall, options: readonly GivenOption[]): ToolResult {
  const format = options.findLast(({ option }) => option === 'output-as')?.value;
  return failed(TOOL_EXIT.error, `${name}: Error creating output format ${format}: Unknown output format`);
}

/** An XML element without content. */
export function tag(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  return `${open(name, attributes).slice(0, -1)}/>`;
}

function open(name: string, attributes: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeAscii(value)}"`],
  );
  return `<${name}${written.join('')}>`;
}

/** ASCII only, as libxml2 writes a document that names no encoding. */
const escapeAscii = (text: string): string =>
  escapeAttribute(text).replace(/\P{ASCII}/gu, (letter) => {
    return `&#x${letter.codePointAt(0)?.toString(16).toUpperCase()};`;
  });

/** Quotes may stand between tags. */
const escapeText = (text: string): string => escapeAscii(text).replaceAll('&quot;', '"');

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

const isFormat = (text: string): text is OutputFormat => ['text', 'xml', 'none'].includes(text);
