import { expect, it } from 'vitest';
import {
  parseAddress,
  parseLimits,
  parseSignal,
  parseStatuses,
  parseUmask,
} from '../../../../agents/process/kinds.ts';

// What is refused is in ../wrong/process.ts.
it.each([
  ['TERM', 'SIGTERM'],
  ['SIGTERM', 'SIGTERM'],
  ['sigusr1', 'SIGUSR1'],
  ['15', 15],
  ['64', 64],
  ['RTMIN', 34],
  ['RTMIN+3', 37],
  ['SIGRTMIN+30', 64],
])('the signal %s', (text, signal) => {
  expect(parseSignal(text)).toBe(signal);
});

it.each([
  ['022', 0o22],
  ['7', 7],
  ['0777', 0o777],
])('the mask %s', (text, mask) => {
  expect(parseUmask(text)).toBe(mask);
});

it('limits', () => {
  expect(parseLimits('nofile=1024:4096 core=unlimited,nproc=7')).toEqual([
    'nofile=1024:4096',
    'core=unlimited:unlimited',
    'nproc=7:7',
  ]);
});

it('statuses', () => {
  expect(parseStatuses('200, 204,300-399')).toEqual([
    { from: 200, to: 200 },
    { from: 204, to: 204 },
    { from: 300, to: 399 },
  ]);
});

it.each([
  ['5432', '127.0.0.1', 5432],
  ['db:1', 'db', 1],
  ['[::1]:65535', '::1', 65_535],
  ['10.0.0.1:80', '10.0.0.1', 80],
])('the address %s', (text, host, port) => {
  expect(parseAddress(text)).toEqual({ host, port });
});
