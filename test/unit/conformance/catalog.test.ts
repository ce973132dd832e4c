import { describe, expect, it } from 'vitest';
import { checkOf, checksFor, checksOf } from '../../../src/conformance/catalog.ts';
import type { CheckedClass } from '../../../src/conformance/kinds.ts';
import { fakeSubject } from '../../helpers/conformance/fake-trial.ts';

const CLASSES: readonly CheckedClass[] = ['ocf', 'lsb', 'systemd', 'alert'];
const ALL = (await Promise.all(CLASSES.map(checksOf))).flat();

describe('the catalogue', () => {
  it('has every id once, over all classes', () => {
    const ids = ALL.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it.each(ALL)('$id says its rule, why it is one, where it stands and what to do', (check) => {
    expect(check.id).toMatch(/^[A-Z]+-\d\d$/);
    // A rule is one line in lists; what explains it is sentences.
    expect(check.title).not.toMatch(/[.\n]$/);
    expect(check.why).toMatch(/\.$/);
    expect(check.remedy).toMatch(/\.$/);
    expect(check.source).toMatch(/\S/);
  });

  it.each(CLASSES)('has checks of class %s in no other class', async (checked) => {
    expect((await checksOf(checked)).filter((check) => check.class !== checked)).toEqual([]);
  });

  it("ends with what the agent's author wrote", async () => {
    const steps = [{ run: 'start' }];
    const { cases, ...subject } = fakeSubject();
    const all = await checksFor({ ...subject, cases: { ...cases, cases: [{ name: 'mine', steps }] } });
    expect(all.at(-1)?.id).toBe('CASE-mine');
  });

  it('refuses an id that there is not', async () => {
    await expect(checkOf(fakeSubject(), 'NONE-01')).rejects.toThrow(
      "Expected a check of class ocf, got 'NONE-01'",
    );
  });
});
