import { createRequire, enableCompileCache } from 'node:module';
import { join } from 'node:path';
import type { Agent } from './agent.ts';
import type { runAsProgram } from './program.ts';

// `run-agent.cjs AGENT ACTION`, called by the files that OCF names: makes the process one of Bundlet's agents. esbuild
// puts its own `__dirname` here: the folder of the modules and of the compile cache, which was made under another path.
// What is loaded from here on has its code there; so nothing is imported.
enableCompileCache({ directory: join(__dirname, 'cache'), portable: true });
const load = createRequire(__filename);
const [name = ''] = process.argv.splice(2, 1);
const program = load('./agent-program.cjs') as { readonly runAsProgram: typeof runAsProgram };
const { agent } = load(`./agents/${name}.cjs`) as { readonly agent: Agent };
void program.runAsProgram(agent);
