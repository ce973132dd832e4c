import type { CheckedClass } from './kinds.ts';

/** One set of parameters that the resource runs with. */
export interface Instance {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the author of the agent says of a parameter beyond its metadata. */
export interface ParameterSamples {
  readonly valid?: readonly string[];
  readonly invalid?: readonly string[];
  /** Names a file or directory on this host. */
  readonly isPath?: boolean;
  /** Takes any text, so that unusual letters in it can be tried. Default: unknown; they are tried where a clean 2 or 6 is as good. */
  readonly isFreeText?: boolean;
}

/** `cases.yaml` beside an agent, or what replaces it: everything that can't be read from the metadata [docs/conformance/cases.md]. */
export interface Cases {
  /** The first is the one that most checks run; two with different unique values are needed to run side by side. */
  readonly instances: readonly Instance[];
  /** Shell commands, run before each check, in its sandbox if it has one. */
  readonly setUp?: string;
  /** The same afterwards; only without a sandbox. */
  readonly tearDown?: string;
  /** Exits with 0 if the service really works, whatever the agent says. */
  readonly works?: string;
  /** Ends the service as a crash would. Default: SIGKILL to all its processes. */
  readonly crash?: string;
  /** Breaks the service's own configuration. */
  readonly breakConfiguration?: string;
  /** Programs and files of the service: without them it is not installed. */
  readonly programs?: readonly string[];
  /** Ports that the first instance listens on. */
  readonly ports?: readonly number[];
  readonly samples?: Readonly<Record<string, ParameterSamples>>;
  /** A parameter that is reloadable, with another valid value, and a command that exits with 0 once that has taken effect. */
  readonly reload?: { readonly parameter: string; readonly value: string; readonly shows?: string };
  /** Checks that this agent is not held to, by id, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Further sequences of actions with what they must give; each is a check of its own, `CASE-name`. */
  readonly cases?: readonly AgentCase[];
}

/** A check that the agent's author wrote. */
export interface AgentCase {
  readonly name: string;
  readonly level?: 'must' | 'should';
  readonly title?: string;
  readonly steps: readonly AgentStep[];
}

/** One step: exactly one of `run` and `sh`; what belongs to an action is of `run` alone. */
export interface AgentStep {
  /** An action of the agent. */
  readonly run?: string;
  /** A shell command in the sandbox; it must exit with 0, or as `rc` says. */
  readonly sh?: string;
  /** Beside the instance's own, or in place of them. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** `OCF_CHECK_LEVEL`. Default: not set. */
  readonly level?: number;
  /** Of a recurring action; 0 makes `monitor` a probe. Default: 10,000 for `monitor`, else 0. */
  readonly intervalMs?: number;
  /** By its number. Default: 0, the first. */
  readonly instance?: number;
  /** What may come. Default: 0 alone. */
  readonly rc?: readonly number[];
  /** Regular expression of JavaScript that the exit reason, or where there is none the output, must match. */
  readonly matches?: string;
  /** How long it may take. Default: as long as the metadata says, a shell command 60 s. */
  readonly withinMs?: number;
}

/** A parameter as the metadata declares it. */
export interface DeclaredParameter {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly isUnique: boolean;
  readonly uniqueGroup?: string;
  readonly isReloadable: boolean;
  readonly isPrivate: boolean;
  readonly isDeprecated: boolean;
  readonly replacedWith: readonly string[];
  readonly defaultValue?: string;
  readonly options: readonly string[];
}

/** An action as the metadata declares it; times in milliseconds, undefined where the text is none. */
export interface DeclaredAction {
  readonly name: string;
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  readonly depth?: string;
  readonly role?: string;
}

export interface Metadata {
  readonly name: string;
  /** Text of `<version>`. */
  readonly apiVersion: string;
  readonly agentVersion?: string;
  readonly parameters: readonly DeclaredParameter[];
  readonly actions: readonly DeclaredAction[];
}

/** The agent that is checked. Immutable, JSON: it goes into the sandbox as it is. */
export interface Subject {
  readonly class: CheckedClass;
  /** As people write it: `ocf:heartbeat:apache`, `lsb:ssh`, `/path/to/agent`. */
  readonly name: string;
  readonly type: string;
  /** Of class ocf; of an agent by path the name of its folder. */
  readonly provider?: string;
  /** The agent's file; of class systemd the unit's. */
  readonly path: string;
  /** What stands before its first line's end: the interpreter, if it is a script. */
  readonly interpreter?: string;
  /** As the agent gave it; undefined if it gave none that can be read. */
  readonly metadata?: Metadata;
  readonly metadataText: string;
  readonly cases: Cases;
}
