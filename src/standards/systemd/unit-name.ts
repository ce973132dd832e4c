/** Kinds of units that an agent may name; without one of them it means a service [protocol 5.13]. */
const SUFFIXES = ['.service', '.socket', '.mount', '.timer', '.path'] as const;

/** The instance that a template gets where only existence or metadata is wanted. */
const INSTANCE = 'pacemaker';

/** [systemd.unit(5)]: letters, digits and `:-_.\`, of templates one `@`; never a path. */
const VALID = /^[\w:.\\-]+(@[\w:.\\@-]*)?\.[a-z]+$/;

/** systemd takes no longer name. */
const LIMIT_CHARACTERS = 255;

/** The unit that an agent's name means. */
export function unitName(agent: string): string {
  return hasSuffix(agent) ? agent : `${agent}.service`;
}

/** The same, and of a template its instance `pacemaker`. */
export function instanceName(agent: string): string {
  return unitName(agent).replace(/@(?=\.[a-z]+$)/, `@${INSTANCE}`);
}

/** Whether systemd could have such a unit. */
export function isUnitName(unit: string): boolean {
  return unit.length <= LIMIT_CHARACTERS && VALID.test(unit);
}

/** The agent's name of a unit, or undefined for a kind that agents can't name. */
export function agentName(unit: string): string | undefined {
  return hasSuffix(unit) ? unit.replace(/\.service$/, '') : undefined;
}

function hasSuffix(name: string): boolean {
  return SUFFIXES.some((suffix) => name.endsWith(suffix) && name !== suffix);
}
