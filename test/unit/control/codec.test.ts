import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generate } from '../../../scripts/proto.ts';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from '../../../src/control/codec.ts';
import type { OneOf, RequestBodies, ResponseBodies, Run, Status } from '../../../src/control/model.ts';

const RUN: Run = {
  resource: 'web',
  action: 'monitor',
  intervalMs: 10_000,
  timeoutMs: 20_000,
  callId: 7,
  rc: -1,
  status: 'timed-out',
  isFailure: true,
  exitReason: 'it hung',
  output: 'π\n',
  startedAtMs: 1_795_440_122_123,
  execMs: 20_000.5,
  queueMs: 0.1,
  latenessMs: 3,
  repeats: 2,
  hang: {
    isCut: true,
    lastLines: ['a', 'b'],
    processes: [{ pid: 1, parent: 2, state: 'D', waitsIn: 'nfs_wait', command: 'ls /mnt' }],
  },
  cpuMs: 12,
  maxRssKb: 4096,
  agent: 'ocf:heartbeat:apache',
  parameters: { configfile: '/etc/x', password: '***' },
};

const STATUS: Status = {
  daemon: {
    version: '1',
    pid: 7,
    startedAtMs: 1_795_440_122_123,
    uptimeMs: 5,
    addresses: ['::'],
    port: 3121,
    state: 'running',
    logLevel: 'info',
    memoryBytes: 2 ** 33,
    authentication: 'key',
    keyFingerprint: 'abcd',
    protocolVersion: '1.2',
  },
  resources: [
    {
      id: 'web',
      class: 'ocf',
      provider: 'heartbeat',
      type: 'apache',
      state: 'failed',
      sinceMs: 9,
      recurring: [{ action: 'monitor', intervalMs: 1, timeoutMs: 2, rc: 7, lastAtMs: 3 }],
      running: [{ action: 'stop', intervalMs: 0, timeoutMs: 2, callId: 9, startedAtMs: 4 }],
      lastFailure: RUN,
      failures: 1,
      restarts: 2,
      queued: 3,
    },
  ],
  peers: [{ address: '[::1]:5', name: 'node-1', isProvider: true, sinceMs: 8 }],
  init: { pid: 1, reapedOrphans: 3, daemonRestarts: 4 },
  solo: { file: '/x', state: 'running', resource: 'web', failCount: 1, migrationThreshold: 3, reason: 'r' },
};

const REQUESTS: readonly OneOf<RequestBodies>[] = [
  { kind: 'status', body: {} },
  { kind: 'history', body: { resource: 'web', limit: 5, failuresOnly: true } },
  { kind: 'health', body: { probe: 'readyz' } },
  { kind: 'metrics', body: {} },
  { kind: 'watch', body: { backlog: 5, resource: 'web', level: 'debug', follow: true } },
  {
    kind: 'exec',
    body: {
      resource: 'web',
      action: 'start',
      timeoutMs: 1,
      parameters: { a: 'b' },
      trace: true,
      force: true,
    },
  },
  { kind: 'logLevel', body: { level: 'debug' } },
  { kind: 'logLevel', body: {} },
  { kind: 'end', body: {} },
  { kind: 'checks', body: {} },
];

const CHECKS = [{ name: 'a', result: 'failed', text: 'b', remedy: 'c' }] as const;
const RESPONSES: readonly OneOf<ResponseBodies>[] = [
  { kind: 'failure', body: { code: 'X', message: 'y' } },
  { kind: 'status', body: STATUS },
  { kind: 'history', body: { runs: [RUN, RUN] } },
  { kind: 'health', body: { probe: 'livez', isHealthy: true, checks: CHECKS } },
  { kind: 'metrics', body: { text: '# EOF\n' } },
  { kind: 'event', body: { atMs: 5, name: 'a', level: 'info', text: 't', fields: '{}' } },
  { kind: 'exec', body: { run: RUN, trace: '+ x' } },
  { kind: 'logLevel', body: { level: 'info' } },
  { kind: 'ended', body: {} },
  { kind: 'checks', body: { checks: CHECKS } },
];

describe('messages of control.proto', () => {
  it('are what control.proto says (npm run proto)', async () => {
    const file = new URL('../../../src/control/control-messages.js', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(await generate());
  }, 60_000);

  it.each(REQUESTS)('request $kind comes out as it went in', (content) => {
    expect(decodeRequest(encodeRequest({ id: 5, content }))).toEqual({ id: 5, content });
  });

  it.each(RESPONSES)('response $kind comes out as it went in', (content) => {
    expect(decodeResponse(encodeResponse({ id: 5, last: true, content }))).toEqual({
      id: 5,
      last: true,
      content,
    });
  });

  it('have their defaults where nothing was sent', () => {
    const empty = decodeResponse(
      encodeResponse({ id: 1, last: false, content: { kind: 'status', body: {} as Status } }),
    );
    expect(empty.content?.body).toEqual({ resources: [], peers: [] });
  });

  it('of a newer version are read as far as they are known', () => {
    // Field 99, a text.
    const bytes = Buffer.concat([
      encodeRequest({ id: 3, content: undefined }),
      Buffer.from([0x9a, 0x06, 1, 0x61]),
    ]);
    expect(decodeRequest(bytes)).toEqual({ id: 3, content: undefined });
  });

  it.each([[Buffer.from([0xff])], [Buffer.from([0x0a, 0xff, 0xff])], [Buffer.alloc(40, 0xff)]])(
    'that are none are told as such',
    (bytes) => {
      expect(() => decodeRequest(bytes)).toThrow(/Expected a message of control.proto/);
    },
  );
});
