// Pacemaker 3's own programs, as Debian has them today, against our daemon. See README.md.
//   pacemaker3.ts [--fresh] [--suite trixie|sid] [--daemon SHELL-TEXT]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './compare.ts';
import { CHECKOUT, fetchTree, SUITES } from './tree.ts';

const { values } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    suite: { type: 'string', multiple: true, default: [...SUITES] },
    daemon: { type: 'string', default: join(CHECKOUT, 'build/pacemaker-remoted') },
  },
});

let failed = 0;
let passed = 0;
for (const suite of SUITES.filter((name) => values.suite.includes(name))) {
  const tree = await fetchTree(suite, { isFresh: values.fresh });
  process.stdout.write(`Pacemaker ${tree.version} (${suite})\n`);
  for (const { call, fault } of await compare(tree, ['sh', '-c', `exec ${values.daemon}`])) {
    process.stdout.write(`${fault === undefined ? 'ok    ' : 'FAILED'}  ${call.command.join(' ')}\n`);
    if (fault === undefined) {
      passed += 1;
    } else {
      failed += 1;
      process.stdout.write(`        ${fault}\n`);
    }
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
