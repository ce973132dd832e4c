import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { agentBase } from '../../../../src/conformance/place/base-environment.ts';
import {
  identityOf,
  readProcess,
  readStat,
  signalAll,
} from '../../../../src/conformance/place/process-table.ts';
import { beyond, inetListeners, unixListeners } from '../../../../src/conformance/place/traces.ts';

describe('processes', () => {
  it('are read whatever their name is', () => {
    const text = `17 (a) S (b 9) Z 1 2 3 0 -1 4194560 ${'0 '.repeat(12)}4711 0 0\n`;
    expect(readStat(text)).toEqual({
      name: 'a) S (b 9',
      state: 'Z',
      parent: 1,
      group: 2,
      session: 3,
      startTicks: 4711,
    });
  });

  it('get no signal that was meant for one of before', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    const seen = await readProcess(child.pid ?? 0);
    if (seen === undefined) {
      throw new Error('Expected to see the process');
    }
    await signalAll([{ ...seen, startTicks: seen.startTicks - 1 }], 'SIGKILL');
    await signalAll([seen], 'SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(identityOf(seen)).toBe(`${child.pid} ${seen.startTicks}`);
    await signalAll([seen], 'SIGKILL');
  });
});

describe('sockets that wait', () => {
  it('are told by protocol, address and port', () => {
    const tcp = `  sl  local_address rem_address   st
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:1F91 0100007F:1F90 01 00000000:00000000
   2: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A
   3: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A`;
    expect(inetListeners('tcp', tcp)).toEqual(['tcp 127.0.0.1:8080', 'tcp [::]:80', 'tcp [::1]:81']);
  });

  it('of a name are those that take connections', () => {
    const unix = `Num       RefCount Protocol Flags    Type St Inode Path
0: 00000002 00000000 00010000 0001 01 123 /run/service
1: 00000003 00000000 00000000 0001 03 124 /run/connected
2: 00000002 00000000 00010000 0001 01 125`;
    expect(unixListeners(unix)).toEqual(['unix /run/service']);
  });

  it('are compared by their number, too', () => {
    expect(beyond(['a', 'a', 'b'], ['a', 'c'])).toEqual(['a', 'b']);
  });
});

describe('what agents inherit', () => {
  it('is where programs are, a home, the language, and nothing else', () => {
    expect(agentBase({ PATH: 'relative:/opt/bin:/usr/bin', LANG: 'de_DE.UTF-8', SECRET: 'x' })).toEqual({
      PATH: '/opt/bin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin:/bin',
      HOME: '/',
      LANG: 'de_DE.UTF-8',
    });
  });
});
