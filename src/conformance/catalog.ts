import type { Check, CheckedClass } from './check.ts';
import { METADATA_CHECK } from './subject/metadata-check.ts';
import type { Subject } from './subject.ts';

/** Every check of a class, in the order in which they are run and listed. Loaded when they are asked for. */
export async function checksOf(checked: CheckedClass): Promise<readonly Check[]> {
  switch (checked) {
    case 'ocf':
      return (await import('./checks/ocf.ts')).OCF_CHECKS;
    case 'lsb':
      return (await import('./checks/lsb.ts')).LSB_CHECKS;
    case 'systemd':
      return (await import('./checks/systemd.ts')).SYSTEMD_CHECKS;
    case 'alert':
      return (await import('./checks/alert.ts')).ALERT_CHECKS;
  }
}

/** The same for one agent: behind them those that its author has written. */
export async function checksFor(subject: Pick<Subject, 'class' | 'cases'>): Promise<readonly Check[]> {
  const { checksOfCases } = await import('./checks/cases.ts');
  return [...(await checksOf(subject.class)), ...checksOfCases(subject)];
}

/**
 * The check of an id, as a job names it.
 * @throws Error if there is none: ids of people are looked at before
 */
export async function checkOf(subject: Subject, id: string): Promise<Check> {
  const all = [METADATA_CHECK, ...(await checksFor(subject))];
  const found = all.find((check) => check.id === id);
  if (found === undefined) {
    throw new Error(`Expected a check of class ${subject.class}, got '${id}'`);
  }
  return found;
}
