import type { Subject } from './subject.ts';

/** What stands in the place of a secret. */
export const MASKED = '[masked]';

/** Of agents that declare no parameter as private these are [pcmk: pcmk__nvpair_add_private; ocf-agents 1.6]. */
const PRIVATE_BY_NAME: ReadonlySet<string> = new Set(['password', 'passwd', 'user']);
/** No secret, unless its agent says so: masked in every text, `root` and `redis` would take half of a report away. */
const PUBLIC_IN_TEXTS = 'user';

/** Shorter values are masked as parameters, but not in texts: there they would be found in other words. */
const SHORTEST = 3;

/** The names of parameters whose values nobody may read. */
export function privateNames({ metadata }: Pick<Subject, 'metadata'>): ReadonlySet<string> {
  const declared = declaredPrivate(metadata);
  return declared.length > 0 ? new Set(declared) : PRIVATE_BY_NAME;
}

function declaredPrivate(metadata: Subject['metadata']): readonly string[] {
  return metadata?.parameters.filter(({ isPrivate }) => isPrivate).map(({ name }) => name) ?? [];
}

/** Every value that no text may hold: what is given for private parameters in the instances, samples and steps of the cases. */
export function secretsOf(subject: Pick<Subject, 'metadata' | 'cases'>): readonly string[] {
  const { instances, samples = {}, cases = [], reload } = subject.cases;
  const given = [
    ...instances.map(({ parameters }) => parameters),
    ...cases.flatMap(({ steps }) => steps.map(({ parameters = {} }) => parameters)),
    ...(reload === undefined ? [] : [{ [reload.parameter]: reload.value }]),
  ];
  const declared = new Set(declaredPrivate(subject.metadata));
  const names = [...privateNames(subject)].filter((name) => name !== PUBLIC_IN_TEXTS || declared.has(name));
  return names.flatMap((name) => [
    ...given.map((parameters) => parameters[name] ?? ''),
    ...(samples[name]?.valid ?? []),
  ]);
}

/** Parameters as they may be shown. */
export function maskedParameters(
  parameters: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, names.has(name) ? MASKED : value]),
  );
}

/** Masks secrets in any text, also as JSON, shells and addresses write them, and each line of those that have several. */
export function textMask(secrets: readonly string[]): (text: string) => string {
  const lines = secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]);
  const written = lines
    .filter((secret) => secret.trim().length >= SHORTEST)
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll("'", "'\\''"),
      secret.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n'),
      encodeURIComponent(secret.toWellFormed()),
    ]);
  if (written.length === 0) {
    return (text) => text;
  }
  // The longest first: one may be the beginning of another.
  const choices = [...new Set(written)]
    .toSorted((one, other) => other.length - one.length)
    .map(escapePattern);
  const pattern = new RegExp(choices.join('|'), 'g');
  return (text) => text.replace(pattern, MASKED);
}

/** RegExp.escape, which Node 22 has not. */
function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
