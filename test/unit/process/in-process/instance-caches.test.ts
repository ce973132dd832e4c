import { describe, expect, it } from 'vitest';
import { CACHES_LIMIT, InstanceCaches } from '../../../../src/process/in-process/instance-caches.ts';

describe('what agents remember', () => {
  it('is of one agent and one resource', () => {
    const caches = new InstanceCaches();
    caches.get('apache', 'web').set('key', 1);
    expect(caches.get('apache', 'web').get('key')).toBe(1);
    expect(caches.get('apache', 'web:0').size).toBe(0);
    expect(caches.get('process', 'web').size).toBe(0);
  });

  it('goes with the stop of one, or with the resource of all', () => {
    const caches = new InstanceCaches();
    for (const [agent, instance] of [
      ['apache', 'web'],
      ['apache', 'other-web'],
      ['process', 'web'],
    ] as const) {
      caches.get(agent, instance).set('key', 1);
    }
    caches.drop('apache', 'web');
    expect(caches.get('apache', 'web').size).toBe(0);
    expect(caches.get('process', 'web').size).toBe(1);
    caches.dropInstance('web');
    expect(caches.get('process', 'web').size).toBe(0);
    expect(caches.get('apache', 'other-web').size).toBe(1);
  });

  it.each([
    [CACHES_LIMIT - 1, 1],
    [CACHES_LIMIT, 0],
    [CACHES_LIMIT + 1, 0],
  ])('with %i others in between: %i of the first is left', (others, left) => {
    const caches = new InstanceCaches();
    caches.get('apache', 'first').set('key', 1);
    for (let number = 0; number < others; number += 1) {
      caches.get('apache', `web-${number}`);
    }
    expect(caches.get('apache', 'first').size).toBe(left);
  });

  it('keeps what is in use', () => {
    const caches = new InstanceCaches();
    caches.get('apache', 'used').set('key', 1);
    for (let number = 0; number < 3 * CACHES_LIMIT; number += 1) {
      caches.get('apache', `web-${number}`);
      expect(caches.get('apache', 'used').size).toBe(1);
    }
  });
});
