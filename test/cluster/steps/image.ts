import { type Bench, expect, type Step } from '../bench.ts';

/** What our tarball brings, and the folders it must leave as they are: every way of building must give the same. */
const LIST = `
  find /usr/sbin/pcmk-init /usr/sbin/pacemaker*remoted /usr/lib/bundlet -printf "%p %y %m %U:%G %s %l\\n" | sort
  stat -c "%n %F %a %U:%G" / /usr /usr/sbin /usr/lib`;

const DOCKERFILE_OPTIONS = ['--format', 'docker', '--build-arg', 'BASE=localhost/testbed/app'];
const DOCKERFILE_IMAGE = 'localhost/testbed/bundlet-dockerfile';
const STAGE_IMAGE = 'localhost/testbed/bundlet-stage';
const COPY_IMAGE = 'localhost/testbed/bundlet-copy';

export const imageBuilds: Step = {
  name: 'image: Dockerfile, COPY --from and the tarball give the same files',
  needs: 'nothing',
  agent: 'bundlet',
  async run(bench) {
    const copyFile = `${bench.repository}/test/cluster/copy-from.Containerfile`;
    try {
      await build(bench, DOCKERFILE_IMAGE, ...DOCKERFILE_OPTIONS);
      await build(bench, STAGE_IMAGE, '--target', 'bundlet');
      await build(bench, COPY_IMAGE, '-f', copyFile);
      const files = await filesOf(bench, bench.agent.image);
      expect(files.includes('/usr/sbin/pacemaker_remoted l'), `the older name of the daemon, got\n${files}`);
      for (const image of [DOCKERFILE_IMAGE, COPY_IMAGE]) {
        const others = await filesOf(bench, image);
        expect(others === files, `in ${image} the same as in ${bench.agent.image}\n${files}\ngot\n${others}`);
      }
    } finally {
      // By force: buildah 1.28 forgets the container that it made for a stage of COPY --from.
      await bench.testbed.try('buildah', 'rmi', '--force', DOCKERFILE_IMAGE, STAGE_IMAGE, COPY_IMAGE);
    }
  },
};

const NAME = 'cluster-dockerfile';

export const imageRuns: Step = {
  name: 'image: starts by itself and is healthy',
  needs: 'cluster',
  agent: 'bundlet',
  async run(bench) {
    const { testbed } = bench;
    await build(bench, DOCKERFILE_IMAGE, ...DOCKERFILE_OPTIONS);
    await testbed.on('node1', 'podman', 'run', '-d', '--name', NAME, DOCKERFILE_IMAGE);
    await testbed.wait(`podman healthcheck run ${NAME} >/dev/null 2>&1`, 20);
    const config = await testbed.on('node1', 'podman', 'inspect', NAME, '--format', '{{.Config.StopSignal}}');
    expect(config.trim() === '15', `SIGTERM as the stop signal, got ${config}`);
    await testbed.on('node1', 'podman', 'stop', NAME);
    const after = await testbed.tryOn('node1', 'podman', 'healthcheck', 'run', NAME);
    expect(after.exitCode !== 0, 'an ended container to be unhealthy');
    await testbed.on('node1', 'podman', 'rm', NAME);
    await testbed.command('buildah', 'rmi', DOCKERFILE_IMAGE);
  },
};

/** Without layers: an image that is removed again leaves nothing in the store. */
async function build({ testbed, repository }: Bench, tag: string, ...options: string[]): Promise<void> {
  const words = `buildah bud --isolation chroot --layers=false --build-arg ARCH=${process.arch} -t ${tag}`;
  await testbed.command(...words.split(' '), ...options, repository);
}

async function filesOf({ testbed }: Bench, image: string): Promise<string> {
  const container = (await testbed.command('buildah', 'from', '--pull-never', image)).trim();
  try {
    const words = `buildah run --isolation chroot ${container} -- sh -c`;
    return await testbed.command(...words.split(' '), LIST);
  } finally {
    await testbed.command('buildah', 'rm', container);
  }
}
