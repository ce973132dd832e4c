import { describe, expect, it } from 'vitest';
import { remoteAgent } from '../../../../src/conformance/remote/remote-agent.ts';

describe('remoteAgent', () => {
  it.each([
    ['ocf:heartbeat:apache', { class: 'ocf', provider: 'heartbeat', type: 'apache' }],
    ['ocf:apache', { class: 'ocf', provider: 'heartbeat', type: 'apache' }],
    ['lsb:ssh', { class: 'lsb', type: 'ssh' }],
    ['lsb:/opt/web', { class: 'lsb', type: '/opt/web' }],
    ['systemd:tunnel@a:b', { class: 'systemd', type: 'tunnel@a:b' }],
  ])('takes %s', (name, agent) => {
    expect(remoteAgent(name)).toEqual({ name, path: '', ...agent });
  });

  it.each([
    ['./agent', 'a daemon finds agents by their names alone'],
    ['alert:/usr/bin/tell', 'a daemon tells nobody how an alert agent has ended'],
    ['ocf:a:b:c', 'Expected with --host the name of an agent'],
    ['ocf:', 'Expected with --host'],
    ['apache', 'Expected with --host'],
  ])('refuses %s', (name, why) => {
    expect(() => remoteAgent(name)).toThrow(why);
  });
});
