// Makes test/fixtures/ipc anew: what Pacemaker's tools of both generations and their own C daemons say to each other.
//   record.ts      needs root, strace, Debian 12's pacemaker-cli-utils and a C daemon (BUNDLET_REFERENCE)
import { writeFileSync } from 'node:fs';
import { type Recording, recordingPath, writeRecording } from '../helpers/ipc-fixtures.ts';
import { openToolStage } from '../helpers/tool-stage.ts';
import { LARGE_CIB } from './calls.ts';
import { readTrace, STRACE } from './trace.ts';
import { fetchTree, inTree } from './tree.ts';

interface Generation {
  readonly pacemaker: string;
  readonly layout: Recording['layout'];
  readonly daemon: readonly string[];
  readonly roots: readonly string[];
  tool(command: readonly string[]): readonly string[];
}

/** Files and what is recorded for them. `cibadmin` comes last: it makes the configuration large. */
const RECORDED: Readonly<Record<string, readonly string[]>> = {
  'node-name': ['crm_node', '-n'],
  update: ['attrd_updater', '-n', 'colour', '-U', 'a "b" <c> & d'],
  query: ['attrd_updater', '-n', 'colour', '-Q'],
  attribute: ['crm_attribute', '-t', 'status', '-n', 'colour', '-G'],
  fencing: ['stonith_admin', '-L'],
  cib: ['cibadmin', '-Q', '-o', 'nodes'],
  'large-request': ['cibadmin', '--replace', '--xml-file', '/run/large.xml'],
  'large-answer': ['cibadmin', '-Q'],
};

async function record(generation: Generation): Promise<void> {
  const { pacemaker, layout, daemon, roots } = generation;
  await using stage = await openToolStage({ daemon, roots, env: { PCMK_ipc_type: 'socket' } });
  await stage.write('/run/large.xml', LARGE_CIB);
  for (const [name, command] of Object.entries(RECORDED)) {
    const run = await stage.run([...STRACE, '-o', '/run/trace', ...generation.tool(command)]);
    const { stdout: trace } = await stage.run(['cat', '/run/trace']);
    const messages = readTrace(trace);
    process.stdout.write(`${layout} ${name}: exit status ${run.status}, ${messages.length} messages\n`);
    writeFileSync(
      recordingPath(`${layout}-${name}`),
      writeRecording({ pacemaker, layout, command, messages }),
    );
  }
}

const sid = await fetchTree('sid');
await record({
  pacemaker: sid.version,
  layout: 'new',
  daemon: inTree(sid, ['/usr/sbin/pacemaker-remoted']),
  roots: [sid.root],
  tool: (command) => inTree(sid, command),
});
await record({
  pacemaker: '2.1.5-1+deb12u1',
  layout: 'old',
  daemon: [process.env['BUNDLET_REFERENCE'] ?? '/usr/sbin/pacemaker-remoted'],
  roots: [],
  tool: (command) => command,
});
