import { describe, expect, it } from 'vitest';
import { timeSpanMs } from '../../../../../src/conformance/checks/systemd/time-span.ts';
import { SYSTEMD_CHECKS } from '../../../../../src/conformance/checks/systemd.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { type Answer, carryOut, type ScriptedAgent } from '../../../../helpers/conformance/fake-trial.ts';
import { ImpatientClock } from '../../../../helpers/conformance/impatient-clock.ts';
import { checkOf, failuresOf } from '../../../../helpers/conformance/verdicts.ts';

const subject = { class: 'systemd', name: 'systemd:fake', type: 'fake', path: '' } as const;

function unit(afterStop = 7): ScriptedAgent {
  let isActive = false;
  return ({ action }): Answer => {
    if (action === 'monitor') {
      return isActive ? 0 : afterStop;
    }
    isActive = action === 'start';
    return 0;
  };
}

describe('the list', () => {
  it('has SD-01 to SD-10, in order', () => {
    const ids = Array.from({ length: 10 }, (_, index) => `SD-${String(index + 1).padStart(2, '0')}`);
    expect(SYSTEMD_CHECKS.map(({ id }) => id)).toEqual(ids);
  });
});

describe('a place of which only actions are known', () => {
  const options = () => ({ subject, place: new FakePlace([]), clock: new ImpatientClock() });

  it.each(['SD-02', 'SD-03'])('lets %s be told', async (id) => {
    const check = checkOf(SYSTEMD_CHECKS, id);
    expect(failuresOf(await carryOut(check, unit(), options()))).toEqual(['passed']);
  });

  it('shows a unit that does not stop', async () => {
    const result = await carryOut(checkOf(SYSTEMD_CHECKS, 'SD-03'), unit(0), options());
    expect(failuresOf(result)).toEqual(['monitor right after stop to give 7: 0 (ok)']);
  });

  it('lets nothing else be told', async () => {
    const others = SYSTEMD_CHECKS.filter(({ id }) => id !== 'SD-02' && id !== 'SD-03');
    for (const check of others) {
      expect((await carryOut(check, unit(), options())).verdict).toBe('skipped');
    }
  });
});

describe('timeSpanMs', () => {
  it.each([
    ['1min 30s', 90_000],
    ['500ms', 500],
    ['2.5s', 2500],
    ['0', 0],
    ['infinity', Number.POSITIVE_INFINITY],
    ['1h 1month', 3_600_000 + 2_629_800_000],
    ['', undefined],
    ['soon', undefined],
    ['3 s', undefined],
  ])('reads %j as %d', (text, ms) => {
    expect(timeSpanMs(text)).toBe(ms);
  });
});
