// Loaded into our daemon by --require: writes how late its event loop was to BENCH_LOOP_OUT when it ends, in ms. The
// first seconds, start and the registration of all monitors, do not count.
const { writeFileSync } = require('node:fs');
const { monitorEventLoopDelay } = require('node:perf_hooks');

const WARM_UP_MS = 5000;
const RESOLUTION_MS = 1;

if (process.argv[1]?.endsWith('pacemaker-remoted.cjs')) {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  setTimeout(() => delay.enable(), WARM_UP_MS).unref();
  process.on('exit', () => {
    // What it counts is the whole time between two looks.
    const ms = (nanoseconds) => nanoseconds / 1e6 - RESOLUTION_MS;
    const result = { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) };
    writeFileSync(process.env.BENCH_LOOP_OUT, JSON.stringify(result));
  });
}
