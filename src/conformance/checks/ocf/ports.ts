import type { ServiceWatch } from '../../service-watch.ts';

/** As in `tcp 0.0.0.0:80`. */
const TCP_PORT = /^tcp\S*\s.*?:(\d{1,5})(?:\s|$)/;

/** TCP ports that the service listens on: what the cases say, else what is seen. It is up afterwards. */
export async function portsOf(watch: ServiceWatch): Promise<readonly number[]> {
  const { place, subject } = watch.trial;
  await watch.trial.reach('stopped');
  const before = new Set((await place.traces()).listeners);
  await watch.start();
  if (subject.cases.ports !== undefined) {
    return subject.cases.ports;
  }
  const { listeners } = await place.traces();
  const numbers = listeners
    .filter((line) => !before.has(line))
    .map((line) => Number(TCP_PORT.exec(line)?.[1] ?? 0));
  return [...new Set(numbers)].filter((port) => port > 0);
}
