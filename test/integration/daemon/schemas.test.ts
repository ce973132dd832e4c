import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProxyNotifyFields, RemoteClient } from '../../../src/client/index.ts';
import { readXml } from '../../../src/protocol/xml-read.ts';
import type { XmlElement } from '../../../src/protocol/xml-tree.ts';
import { writeXml } from '../../../src/protocol/xml-write.ts';
import { useAudit } from '../../helpers/audit.ts';
import { goodAnswers } from '../../unit/proxy/kit.ts';
import { connectProvider, leave } from './provider.ts';
import { act, type RunningDaemon, startDaemon } from './support.ts';

useAudit();

const RNG = '<grammar>\n\t<!-- & ]]> é -->\n</grammar>\n';

/** A daemon in an image that has tools of Pacemaker, so that it has schemas, too. */
async function startWithTools(): Promise<RunningDaemon> {
  return startDaemon({
    prelude: [
      'mkdir "$scratch/installed"; touch "$scratch/installed/pacemaker-3.9.rng"',
      'export PCMK_schema_directory="$scratch/installed" PCMK_remote_schema_directory="$scratch/fetched"',
    ].join('; '),
    env: { PCMK_debug: 'yes' },
  });
}

/** Answers as the cluster does: each request by a response with its number. */
const answering =
  (answer: (op: string) => XmlElement | undefined) => (client: RemoteClient, proxy: ProxyNotifyFields) => {
    const message =
      proxy.op === 'request'
        ? answer(readXml(proxy.message ?? '<none/>').root.attributes['cib_op'] ?? '')
        : undefined;
    if (message !== undefined) {
      const { session = '', messageId = 0 } = proxy;
      client
        .forward({ op: 'response', session, messageId, message: writeXml(message) })
        .catch(() => undefined);
    }
  };

const fetched = (daemon: RunningDaemon): string[] => readdirSync(join(daemon.scratch, 'fetched')).sort();

describe('a controller that has schema files', () => {
  it('is asked for those that are newer, and they are there for the tools', async () => {
    await using daemon = await startWithTools();
    mkdirSync(join(daemon.scratch, 'fetched'));
    writeFileSync(join(daemon.scratch, 'fetched/old.rng'), 'of another cluster');
    const answer = goodAnswers([
      ['pacemaker-3.10.rng', RNG],
      ['upgrade-3.10-enter.xsl', '<x/>'],
    ]);
    const provider = await connectProvider(daemon, { protocolVersion: '1.2', onProxy: answering(answer) });
    expect(await daemon.logged('schemas.fetched')).toMatchObject([{ files: 2, have: 'pacemaker-3.9' }]);
    expect(fetched(daemon)).toEqual(['pacemaker-3.10.rng', 'upgrade-3.10-enter.xsl']);
    expect(readFileSync(join(daemon.scratch, 'fetched/pacemaker-3.10.rng'), 'utf8')).toBe(RNG);
    const opened = await provider.asked('new');
    expect(opened).toMatchObject({ server: 'cib_ro', session: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await provider.asked('request')).toMatchObject({
      session: opened.session,
      user: 'root',
      client: expect.stringMatching(/^proxy-cib_ro-\d+-[0-9a-f]{8}$/),
      messageId: 1,
      flags: 0x300,
    });
    expect(await provider.asked('destroy')).toMatchObject({ session: opened.session });
    await leave(provider);
  });

  it('that leaves in the middle costs one line; the next one is asked', async () => {
    await using daemon = await startWithTools();
    const first = await connectProvider(daemon, { protocolVersion: '1.2' });
    await first.asked('request');
    await leave(first);
    expect(await daemon.logged('schemas.failed')).toMatchObject([{ level: 'warning' }]);
    const answer = goodAnswers([['a.rng', 'a']]);
    const second = await connectProvider(daemon, { protocolVersion: '1.2', onProxy: answering(answer) });
    await daemon.logged('schemas.fetched');
    expect(fetched(daemon)).toEqual(['a.rng']);
    await leave(second);
  });

  it.each([
    ['a name that leads out', [['../escaped.rng', 'x']]],
    ['an absolute name', [['/tmp/escaped.rng', 'x']]],
    ['no name', [['', 'x']]],
    ['no text', [['a.rng']]],
    [
      'a giant file behind a good one',
      [
        ['a.rng', 'x'],
        ['b.rng', 'x'.repeat(5_000_000)],
      ],
    ],
  ] as const)('and answers with %s is not believed, and served on', async (_what, files) => {
    await using daemon = await startWithTools();
    const provider = await connectProvider(daemon, {
      protocolVersion: '1.2',
      onProxy: answering(goodAnswers(files)),
    });
    expect(await daemon.logged('schemas.failed')).toHaveLength(1);
    expect(fetched(daemon)).toEqual([]);
    expect(await act(provider.client, 'exit 0')).toMatchObject({ rc: 0 });
    await leave(provider);
  });
});

describe('nobody is asked for schema files', () => {
  it('who is no provider, or too old', async () => {
    await using daemon = await startWithTools();
    const old = await connectProvider(daemon, { protocolVersion: '1.1' });
    const other = await daemon.connect({ protocolVersion: '1.2' });
    expect(await act(other, 'exit 0')).toMatchObject({ rc: 0 });
    await act(old.client, 'exit 0');
    expect(old.heard).toEqual([]);
    other.close();
    await other.closed;
    await leave(old);
  });

  it('where no tools of Pacemaker are installed', async () => {
    await using daemon = await startDaemon({
      prelude: 'export PCMK_schema_directory="$scratch/none" PCMK_remote_schema_directory="$scratch/fetched"',
      env: { PCMK_debug: 'yes' },
    });
    const provider = await connectProvider(daemon, { protocolVersion: '1.2' });
    await daemon.logged('schemas.skipped');
    expect(provider.heard).toEqual([]);
    expect(readdirSync(daemon.scratch)).not.toContain('fetched');
    await leave(provider);
  });
});
