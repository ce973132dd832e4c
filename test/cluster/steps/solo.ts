import { readFileSync } from 'node:fs';
import { EXAMPLE_IMAGES } from '../agents.ts';
import { type Bench, expect, type Step } from '../bench.ts';
import { until } from '../wait.ts';

const NAME = 'cluster-solo';
const DEFINITION = '/run/cluster-solo.xml';
const STATUS_HOPELESS = '101';

/** The primitive of the quick start, with its monitor every 10 s. */
function definition({ repository }: Bench): string {
  const [, xml] =
    /```xml\n(<primitive .*?)```/s.exec(readFileSync(`${repository}/docs/quick-start.md`, 'utf8')) ?? [];
  expect(xml !== undefined, 'docs/quick-start.md to have a primitive');
  return xml ?? '';
}

export const soloContainer: Step = {
  name: 'solo: Apache is restarted in its container, which ends with 101 when that is hopeless',
  needs: 'cluster',
  agent: 'bundlet',
  async run(bench) {
    const { testbed, signal } = bench;
    const podman = (...words: string[]): Promise<string> => testbed.on('node1', 'podman', ...words);
    const inside = (...words: string[]): Promise<string> => podman('exec', NAME, ...words);
    const starts = async (): Promise<number> => {
      const { runs } = JSON.parse(await inside('bundlet', 'history', 'web', '--output', 'json')) as {
        runs: readonly { action: string; rc: number }[];
      };
      return runs.filter(({ action, rc }) => action === 'start' && rc === 0).length;
    };
    const input = definition(bench);
    await testbed.feed('node1', ['sh', '-c', `cat >${DEFINITION}`], { input, timeoutMs: 10_000 });
    const file = '/etc/bundlet/primitive.xml';
    const solo = ['-e', `BUNDLET_SOLO=${file}`, '-v', `${DEFINITION}:${file}:ro`];
    await podman('run', '-d', '--name', NAME, ...solo, EXAMPLE_IMAGES.apache);
    await testbed.wait(`podman exec ${NAME} bundlet livez >/dev/null 2>&1`, 20);
    await inside('bundlet', 'wait', 'web', 'running');
    await inside('pkill', '-9', 'apache2');
    const what = 'a second start in the same container';
    await until({ what, seconds: 30, signal, stepMs: 500 }, async () => (await starts()) === 2 || undefined);
    await inside('bundlet', 'wait', 'web', 'running');

    await inside('sh', '-c', 'echo Nonsense >>/etc/apache2/apache2.conf; pkill -9 apache2');
    const status = (await podman('wait', NAME)).trim();
    const logs = await testbed.tryOn('node1', 'podman', 'logs', NAME);
    expect(status === STATUS_HOPELESS, `status ${STATUS_HOPELESS}, got ${status} and\n${logs.all}`);
    const why = /^pcmk-init: start of web failed: .*Nonsense.* ends with status 101/m;
    expect(why.test(logs.all), `pcmk-init to say why, got\n${logs.all}`);
    await podman('rm', NAME);
    await testbed.on('node1', 'rm', DEFINITION);
  },
};
