import { isBoolean, isTrue } from './boolean.ts';
import type { Environment } from './environment.ts';
import type { Notes } from './note.ts';

/** Which of our own agents the daemon runs without a process. */
export interface InProcessSettings {
  readonly isOn: boolean;
  /** Those that it does not, as `NAME` or `PROVIDER:NAME`. */
  readonly except: readonly string[];
}

const SWITCH = 'BUNDLET_IN_PROCESS';
const EXCEPT = 'BUNDLET_IN_PROCESS_EXCEPT';

/** `apache`, `heartbeat:apache`, `ocf:heartbeat:apache`; the class says nothing, because only class ocf has such. */
const AGENT = /^(?:ocf:)?((?:[\w.-]+:)?[\w.-]+)$/;

export function readInProcessOptions(env: Environment, notes: Notes): InProcessSettings {
  return { isOn: readSwitch(env[SWITCH], notes), except: readExcept(env[EXCEPT], notes) };
}

function readSwitch(text: string | undefined, notes: Notes): boolean {
  if (text === undefined || text === '') {
    return true;
  }
  if (!isBoolean(text)) {
    notes.push({ setting: SWITCH, problem: `Expected yes or no, got "${text}"; using yes` });
    return true;
  }
  return isTrue(text);
}

function readExcept(text: string | undefined, notes: Notes): readonly string[] {
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
  return words.flatMap((word) => {
    const name = AGENT.exec(word)?.[1];
    if (name === undefined) {
      const expected = 'Expected names of agents such as apache or heartbeat:apache, with spaces between';
      notes.push({ setting: EXCEPT, problem: `${expected}, got "${word}"; going on without it` });
      return [];
    }
    return [name];
  });
}
