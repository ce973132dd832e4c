import type { Format } from '../../../../src/conformance/output/format-names.ts';
import { makeReporter } from '../../../../src/conformance/output/formats.ts';
import type { View } from '../../../../src/conformance/output/reporter.ts';
import type { RunEvent } from '../../../../src/conformance/result.ts';
import { FakeClock } from '../../../helpers/fake-clock.ts';
import { eventsOf } from './events.ts';

/** What a format makes of events. */
export function shown(
  format: Format,
  over: Partial<View> = {},
  events: readonly RunEvent[] = eventsOf(),
): string {
  let text = '';
  const view: View = { strict: false, detail: 'normal', colours: false, clock: new FakeClock(), ...over };
  const reporter = makeReporter(
    format,
    (part) => {
      text += part;
    },
    view,
  );
  for (const event of events) {
    reporter.take(event);
  }
  reporter.close();
  return text;
}
