import { describe, expect, it } from 'vitest';
import { RequestLine } from '../../../src/proxy/request-line.ts';
import { IPC_TEXT_LIMIT_BYTES } from '../../../src/wire/limits.ts';
import { until } from '../../helpers/pid-namespace.ts';

function makeLine() {
  const told: string[] = [];
  const line = new RequestLine({
    onRequest: ({ id, text }) => told.push(`${id} ${text.length}`),
    onRepaired: () => told.push('repaired'),
    onFault: () => told.push('fault'),
  });
  return { told, line };
}

const request = (id: number, text = '<a/>') => ({ id, flags: 0, text });
const large = (characters: number): string => `<a>${'x'.repeat(characters - 7)}</a>`;

describe('a line of requests', () => {
  it('passes small ones at once', () => {
    const { told, line } = makeLine();
    line.add(request(1));
    line.add(request(2));
    expect(told).toEqual(['1 4', '2 4']);
  });

  it('lets none overtake a large one, whose check takes turns', async () => {
    const { told, line } = makeLine();
    line.add(request(1, large(1_000_000)));
    line.add(request(2));
    line.add(request(3, large(900_000)));
    line.add(request(4));
    expect(told).toEqual([]);
    await until(() => told.length === 4, 'all of them');
    expect(told).toEqual(['1 1000000', '2 4', '3 900000', '4 4']);
    line.add(request(5));
    expect(told.at(-1)).toBe('5 4');
  });

  it('tells what was lost of one before it passes it', () => {
    const { told, line } = makeLine();
    line.add(request(1, '<a b="1" b="2"/>'));
    expect(told).toEqual(['repaired', expect.stringMatching(/^1 /)]);
  });

  it('ends with the first that can not be used, and drops what is behind it', async () => {
    const { told, line } = makeLine();
    line.add(request(1, large(200_000)));
    line.add(request(2, 'nothing'));
    line.add(request(3));
    await until(() => told.length === 2, 'the fault');
    expect(told).toEqual(['1 200000', 'fault']);
  });

  it('passes nothing when it was closed', async () => {
    const { told, line } = makeLine();
    line.add(request(1, large(200_000)));
    line.add(request(2));
    line.close();
    for (let turn = 0; turn < 20; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told).toEqual([]);
  });

  it('ends for a client that sends more than can be checked', () => {
    const { told, line } = makeLine();
    const most = large(IPC_TEXT_LIMIT_BYTES);
    // The first is being checked; two more may wait.
    for (const id of [1, 2, 3]) {
      line.add(request(id, most));
    }
    expect(told).toEqual([]);
    line.add(request(4));
    expect(told).toEqual(['fault']);
  });
});
