import { isBoolean, isTrue } from './boolean.ts';
import { type Environment, pcmkOption } from './environment.ts';
import type { Notes } from './note.ts';

const OWN_PARAMETERS = 'Without effect: GnuTLS brings its own Diffie-Hellman parameters';
const OWN_TRACE = 'Without effect: PCMK_debug=yes shows every step';
const NO_VALGRIND = 'Without effect: this daemon has nothing that valgrind could look at';

/**
 * Options of the C daemons that do nothing here, and why: told at start, so that nobody believes they work. They may
 * stand in an environment file that a host shares with its cluster node, so none is an error.
 */
const IGNORED: ReadonlyMap<string, string> = new Map([
  ['dh_min_bits', OWN_PARAMETERS],
  ['dh_max_bits', OWN_PARAMETERS],
  ['trace_functions', OWN_TRACE],
  ['trace_files', OWN_TRACE],
  ['trace_formats', OWN_TRACE],
  ['trace_tags', OWN_TRACE],
  ['trace_blackbox', OWN_TRACE],
  ['blackbox', 'Without effect: the log is written at once, so a crash loses nothing of it'],
  ['valgrind_enabled', NO_VALGRIND],
  ['callgrind_enabled', NO_VALGRIND],
  // Only pacemakerd looks at these, and it does not run on a remote node [pcmk pacemakerd/pcmkd_subdaemons.c].
  [
    'fail_fast',
    'Without effect, as in the C daemon; in a container BUNDLET_RESTART_LIMIT=0 ends it when the daemon crashes',
  ],
  ['panic_action', 'Without effect: this daemon never panics the host'],
]);

/** Notes each that is set, unless it is set to no. */
export function noteIgnored(env: Environment, notes: Notes): void {
  for (const [name, problem] of IGNORED) {
    const value = pcmkOption(env, name);
    if (value !== undefined && (isTrue(value) || !isBoolean(value) || isNumeric(name))) {
      notes.push({ setting: `PCMK_${name}`, problem });
    }
  }
}

/** For a number of bits `0` is no word for no. */
const isNumeric = (name: string): boolean => name.endsWith('_bits');
