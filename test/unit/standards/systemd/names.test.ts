import { describe, expect, it } from 'vitest';
import { AgentError } from '../../../../src/errors/agent-error.ts';
import { DEFAULT_ADDRESS, socketOf } from '../../../../src/standards/systemd/bus-address.ts';
import {
  agentName,
  instanceName,
  isUnitName,
  unitName,
} from '../../../../src/standards/systemd/unit-name.ts';

describe('the name of a unit', () => {
  it.each([
    ['httpd', 'httpd.service', 'httpd.service'],
    ['httpd.service', 'httpd.service', 'httpd.service'],
    ['dbus.socket', 'dbus.socket', 'dbus.socket'],
    ['srv.mount', 'srv.mount', 'srv.mount'],
    ['tick.timer', 'tick.timer', 'tick.timer'],
    ['spool.path', 'spool.path', 'spool.path'],
    ['a.target', 'a.target.service', 'a.target.service'],
    ['my.app', 'my.app.service', 'my.app.service'],
    ['.service', '.service.service', '.service.service'],
    ['vpn@', 'vpn@.service', 'vpn@pacemaker.service'],
    ['vpn@.service', 'vpn@.service', 'vpn@pacemaker.service'],
    ['vpn@.timer', 'vpn@.timer', 'vpn@pacemaker.timer'],
    ['vpn@home', 'vpn@home.service', 'vpn@home.service'],
  ])('of the agent %s is %s, to be looked at %s', (agent, unit, instance) => {
    expect(unitName(agent)).toBe(unit);
    expect(instanceName(agent)).toBe(instance);
  });

  it.each([
    ['httpd.service', true],
    ['dev-disk-by\\x2duuid.mount', true],
    ['vpn@a:b.service', true],
    [`${'a'.repeat(247)}.service`, true],
    [`${'a'.repeat(248)}.service`, false],
    ['../../etc/cron.d/x.service', false],
    ['a b.service', false],
    ['a\nb.service', false],
    ['@.service', false],
    ['.service', false],
    ['a', false],
  ])('%j is one: %s', (unit, is) => {
    expect(isUnitName(unit)).toBe(is);
  });

  it.each([
    ['httpd.service', 'httpd'],
    ['vpn@.service', 'vpn@'],
    ['dbus.socket', 'dbus.socket'],
    ['basic.target', undefined],
    ['x.slice', undefined],
  ])('%s is the agent %s', (unit, agent) => {
    expect(agentName(unit)).toBe(agent);
  });
});

describe('the address of the bus', () => {
  it.each([
    [DEFAULT_ADDRESS, '/run/dbus/system_bus_socket'],
    ['unix:abstract=/tmp/dbus-x,guid=1', '\0/tmp/dbus-x'],
    ['unix:guid=1,path=/a%20b%2Cc', '/a b,c'],
    ['tcp:host=h,port=1;unix:path=/second', '/second'],
  ])('%s is the socket %j', (address, socket) => {
    expect(socketOf(address)).toBe(socket);
  });

  it.each([
    '',
    'unix:',
    'unix:dir=/tmp',
    'unixexec:path=/bin/sh',
    'launchd:env=X',
    'tcp:host=h,port=1',
    '/run/x',
  ])('%j is refused', (address) => {
    expect(() => socketOf(address)).toThrow(AgentError);
  });
});
