import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Agent } from './agent.ts';
import { runAsProgram } from './program.ts';

// `run-agent.cjs AGENT ACTION`, called by the files that OCF names: makes the process one of Bundlet's agents. esbuild
// puts its own `__dirname` here: the folder of the modules and of the compile cache.
enableCompileCache(join(__dirname, 'cache'));
const [name = ''] = process.argv.splice(2, 1);
const { agent } = createRequire(__filename)(join(__dirname, 'agents', `${name}.cjs`)) as { agent: Agent };
void runAsProgram(agent);
