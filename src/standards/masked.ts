/** What stands for a value that is not to be shown. */
export const MASK = '***';

/** Names of parameters whose values are secrets, as agents call them. */
const SECRET_NAME = /pass|pwd|secret|token|cred|auth|priv|(^|_)key($|_)/i;

/** So short a value hides nothing and would be found everywhere in a text. */
const SHORTEST_MASKED = 4;

const isSecret = (name: string, value: string): boolean =>
  SECRET_NAME.test(name) || value.startsWith('lrm://');

/** Parameters as they may be shown; Pacemaker's own (`CRM_meta_…`, `crm_feature_set`) are left out. */
export function shownParameters(parameters: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...parameters]
      .filter(([name]) => !name.startsWith('CRM_meta_') && name !== 'crm_feature_set')
      .map(([name, value]) => [
        name,
        isSecret(name, value) && value !== '' ? MASK : maskedText(value, parameters),
      ]),
  );
}

/** A text of an agent without the values of its secret parameters, which it may have written. */
export function maskedText(text: string, parameters: ReadonlyMap<string, string>): string {
  let masked = text;
  for (const [name, value] of parameters) {
    if (value.length >= SHORTEST_MASKED && isSecret(name, value)) {
      masked = masked.replaceAll(value, MASK);
    }
  }
  return masked;
}
