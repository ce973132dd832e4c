// The program `bundlet`.
import { systemClock } from '../observe/clock.ts';
import { processIo } from './io.ts';
import { runProgram } from './program.ts';

runProgram(process.argv.slice(2), processIo(systemClock)).then((status) => {
  // Not exit(): what was written has to get out first.
  process.exitCode = status;
});
