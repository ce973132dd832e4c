import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { USAGE } from '../../../src/config/command-line.ts';
import { agentEnvironment, type Environment } from '../../../src/config/environment.ts';
import { readOptions } from '../../../src/config/options.ts';

const PAGE = readFileSync(new URL('../../../docs/options.md', import.meta.url), 'utf8');

/** Every variable that is looked up, by an environment that watches. */
function lookedUp(): Set<string> {
  const names = new Set<string>();
  const env: Environment = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_target, name) => {
        names.add(String(name));
        return undefined;
      },
    },
  );
  readOptions([], env);
  agentEnvironment(env, false);
  return names;
}

/** Those with a name of their own; each PCMK_ is also an HA_, and BUNDLET_RUNTIME_ENV is told in init/README.md. */
const known = [...lookedUp()].filter(
  (name) => !name.startsWith('HA_') && !name.startsWith('CIB_') && name !== 'BUNDLET_RUNTIME_ENV',
);

describe('docs/options.md', () => {
  it.each(known)('tells of %s, which the daemon looks up', (name) => {
    expect(PAGE).toContain(`\`${name}\``);
  });

  it('tells of no variable that the daemon does not look up', () => {
    // Those of PID 1 are only referred to; agents get PCMK_service; where the spawner is, is no option of `config`.
    const init = ['PCMK_remote_pid1', 'BUNDLET_STOP_TIMEOUT', 'BUNDLET_RESTART_LIMIT', 'PCMK_service'];
    const spawner = ['BUNDLET_SPAWNER', 'BUNDLET_SPAWNER_FD', 'BUNDLET_INIT_STATUS_FD'];
    const told = [...PAGE.matchAll(/`((?:PCMK|SBD|BUNDLET)_\w+)[^`]*`/g)].map((match) => match[1] ?? '');
    // A first variable of three is enough to be refused X.509 or not: the others are looked up only behind it.
    const behind = ['PCMK_cert_file', 'PCMK_key_file', 'PCMK_name', 'BUNDLET_HTTP_ANY'];
    expect(
      [...new Set(told)].filter((name) => ![...known, ...init, ...spawner, ...behind].includes(name)),
    ).toEqual([]);
  });

  it('and --help tell of the same options', () => {
    const options = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
    const section = PAGE.slice(PAGE.indexOf('## Command line'), PAGE.indexOf('## Environment'));
    expect(options(section)).toEqual(options(USAGE));
  });
});
