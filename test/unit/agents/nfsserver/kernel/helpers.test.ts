import { expect, it } from 'vitest';
import type { ProcessFacts } from '../../../../../agents/kit/index.ts';
import { faultOf } from '../../../../../agents/nfsserver/kernel/helpers.ts';

const running = (comm: string, state = 'S'): ProcessFacts => ({
  pid: 1,
  startTicks: 1,
  ppid: 0,
  state,
  pgrp: 1,
  session: 1,
  comm,
});

it.each([
  [['S'], undefined],
  [['D'], undefined],
  [[], 'rpc.mountd does not run'],
  [['T'], 'rpc.mountd was stopped'],
  // Its children may be what was stopped: the others answer.
  [['T', 'S'], undefined],
])('finds with states %j: %s', (states, fault) => {
  const found = states.map((state) => running('rpc.mountd', state));
  expect(faultOf(['rpc.mountd'], [...found, running('nfsdcld')])).toBe(fault);
});

it('names all of them', () => {
  expect(faultOf(['rpcbind', 'nfsdcld'], [])).toBe('rpcbind does not run, nfsdcld does not run');
});
