import { describe, expect, it } from 'vitest';
import { memoryConnections } from '../../../src/transport/memory-connection.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a connection inside the process', () => {
  it('delivers in order, in later turns, and not before somebody listens', async () => {
    const [here, there] = memoryConnections({ here: 'a', there: 'b' });
    expect([here.peer, there.peer]).toEqual(['b', 'a']);
    const heard: string[] = [];
    here.send(Buffer.from('1'), Buffer.from('2'));
    here.send(Buffer.from('3'), Buffer.alloc(0));
    await turn();
    there.onData = (chunk) => heard.push(chunk.toString());
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['12', '3']);
  });

  it('ends once at each end, behind what was sent, and takes nothing more', async () => {
    const [here, there] = memoryConnections({ here: 'a', there: 'b' });
    const heard: string[] = [];
    there.onData = (chunk) => heard.push(chunk.toString());
    there.onClose = (reason, clean) => heard.push(`${reason}, ${clean}`);
    here.onClose = (reason, clean) => heard.push(`here: ${reason}, ${clean}`);
    here.send(Buffer.from('last'), Buffer.alloc(0));
    here.close('enough');
    here.send(Buffer.from('late'), Buffer.alloc(0));
    expect([here.closed, there.closed]).toEqual([true, true]);
    await turn();
    expect([...heard].sort()).toEqual(['here: enough, true', 'last', 'the other end closed, true']);
    here.close('again');
    await turn();
    expect(heard.length).toBe(3);
  });
});
