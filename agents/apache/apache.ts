import { defineAgent } from '../kit/index.ts';
import { monitor } from './monitor.ts';
import { parameters } from './parameters.ts';
import { reload, reloadAgent } from './reload.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { validate } from './validate.ts';

/** `ocf:heartbeat:apache`, with what its users asked for. */
export const agent = defineAgent({
  name: 'apache',
  version: '1.0',
  short: 'An Apache web server',
  long: 'Runs a server of Apache HTTPD 2.4 or newer, and asks it by HTTP or HTTPS whether it is well. Needs no other program than the server: no curl, wget, perl, nor init script. Parameters and check levels are those of ocf:heartbeat:apache; level 10 runs the test of testurl or testconffile, level 20 all tests of the file, and looks whether the server could be started again and has a worker to spare.',
  parameters,
  validate,
  actions: {
    start: { timings: [{ timeout: '40s' }], run: start },
    stop: { timings: [{ timeout: '60s' }], run: stop },
    monitor: {
      timings: [
        { timeout: '20s', interval: '10s', depth: 0 },
        { timeout: '20s', interval: '30s', depth: 10 },
        { timeout: '30s', interval: '5min', depth: 20 },
      ],
      run: monitor,
    },
    reload: { timings: [{ timeout: '40s' }], run: reload },
    'reload-agent': { timings: [{ timeout: '20s' }], run: reloadAgent },
  },
});
