import { expect, it } from 'vitest';
import { outcome, runOrFail } from '../../../../../agents/nfsserver/kernel/programs.ts';
import { fakeContext } from './fake-context.ts';

it('gives the last lines that a failed program said', async () => {
  await using fake = await fakeContext({}, () => ({
    code: 1,
    stderr: 'first\nsh: a\nsh: b\n sh: no luck\n',
  }));
  await expect(runOrFail(fake.context, 'sh', ['-x'])).rejects.toMatchObject({
    code: 1,
    message: 'Expected sh to succeed, got status 1: sh: a; sh: b; sh: no luck',
  });
  expect(fake.ran).toMatchObject([{ path: expect.stringMatching(/\/sh$/), args: ['-x'] }]);
});

it('names a program that is missing, and the package that has it', async () => {
  await using fake = await fakeContext();
  await expect(runOrFail(fake.context, 'rpc.none', [])).rejects.toMatchObject({
    code: 5,
    message: expect.stringMatching(/the program rpc\.none, got none: install the package nfs-kernel-server/),
  });
  await expect(runOrFail(fake.context, '/none/sm-notify', [])).rejects.toMatchObject({ code: 5 });
  expect(fake.ran).toEqual([]);
});

it.each([
  [{ code: 3 }, 'status 3'],
  [{ code: 3, stdout: 'a\nb' }, 'status 3: a; b'],
  [{ signal: 'SIGKILL' as const }, 'SIGKILL'],
  [{ signal: 'SIGKILL' as const, isTimedOut: true }, 'no end of it'],
  [{ errno: 'EACCES' }, 'EACCES'],
])('tells of %j: %s', (result, text) => {
  expect(outcome({ isTimedOut: false, stdout: '', stderr: '', ...result })).toBe(text);
});
