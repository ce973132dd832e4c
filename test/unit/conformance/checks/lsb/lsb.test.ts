import { describe, expect, it } from 'vitest';
import { LSB_CHECKS } from '../../../../../src/conformance/checks/lsb.ts';
import { FakePlace } from '../../../../helpers/conformance/fake-place.ts';
import { type Answer, carryOut, type ScriptedAgent } from '../../../../helpers/conformance/fake-trial.ts';
import { ImpatientClock } from '../../../../helpers/conformance/impatient-clock.ts';
import { checkOf, failuresOf } from '../../../../helpers/conformance/verdicts.ts';

const subject = { class: 'lsb', name: 'lsb:fake', path: '/etc/init.d/fake' } as const;

/** Keeps its state in memory; `status` as systemd would say it where nobody wants the script itself. */
function script(bySystemd: (status: number) => number = (status) => status): ScriptedAgent {
  let isRunning = false;
  return ({ action, options }): Answer => {
    switch (action) {
      case 'start':
      case 'stop':
        isRunning = action === 'start';
        return 0;
      case 'status': {
        const status = isRunning ? 0 : 3;
        return options.env?.['_SYSTEMCTL_SKIP_REDIRECT'] === '1' ? status : bySystemd(status);
      }
      default:
        return 3;
    }
  };
}

describe('the list', () => {
  it('has LSB-01 to LSB-17, in order', () => {
    const ids = Array.from({ length: 17 }, (_, index) => `LSB-${String(index + 1).padStart(2, '0')}`);
    expect(LSB_CHECKS.map(({ id }) => id)).toEqual(ids);
  });
});

describe('LSB-17', () => {
  const check = checkOf(LSB_CHECKS, 'LSB-17');

  it('compares the script with itself where systemd runs', async () => {
    expect(failuresOf(await carryOut(check, script(), { subject }))).toEqual(['passed']);
    const lying = await carryOut(
      check,
      script(() => 0),
      { subject },
    );
    expect(failuresOf(lying)[0]).toBe('status to give the same by itself, 3 (not running): 0 (running)');
  });

  it('is skipped where none does', async () => {
    const place = new FakePlace();
    place.shell = () => ({ code: 1, output: '' });
    const result = await carryOut(check, script(), { subject, place });
    expect(failuresOf(result)).toEqual(['skipped: No systemd runs here: it is the same script then']);
  });
});

describe('a place of which only actions are known', () => {
  it.each(['LSB-01', 'LSB-02', 'LSB-03', 'LSB-04', 'LSB-06', 'LSB-07'])('lets %s be told', async (id) => {
    const options = { subject, place: new FakePlace([]), clock: new ImpatientClock() };
    expect(failuresOf(await carryOut(checkOf(LSB_CHECKS, id), script(), options))).toEqual(['passed']);
  });
});
