import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RootPlan } from '../../../../src/conformance/sandbox/root-plan.ts';
import { setUpScript } from '../../../../src/conformance/sandbox/set-up.ts';

const layer = (path: string, isSmall = false) => ({ path, mode: 0o755, uid: 0, gid: 0, isSmall });
const PLAN: RootPlan = {
  mode: 'root',
  layers: [layer('/'), { ...layer("/it's here"), mode: 0o1777, uid: 7, gid: 8 }, layer('/run', true)],
  folders: [],
  copies: ['/etc/hosts'],
};

describe('the script of PID 1', () => {
  it.each(['reaps', 'none'] as const)('is one that a shell understands, with init %s', (init) => {
    for (const mode of ['root', 'user'] as const) {
      execFileSync('/bin/sh', ['-n', '-c', setUpScript({ ...PLAN, mode }, ['node', 'a b'], init)]);
    }
  });

  it('runs its command below PID 1 where that reaps, and as PID 1 otherwise', () => {
    const user = { ...PLAN, mode: 'user' } as const;
    expect(setUpScript(user, ['node', 'a b'], 'reaps')).toMatch(/\nnode 'a b' &\nwait \$!$/);
    expect(setUpScript(user, ['node', 'a b'], 'none')).toMatch(/\nexec node 'a b'$/);
  });

  it('gives layers owner and mode of what they cover, and small ones a file system of their own', () => {
    const script = setUpScript(PLAN, ['true'], 'none');
    expect(script).toContain('chmod 1777 "$base/1/u"\nchown 7:8 "$base/1/u"');
    expect(script).toContain(
      "'lowerdir=/it'\\''s here,upperdir=/sys/1/u,workdir=/sys/1/w,xino=off,index=off'",
    );
    expect(script).toContain('bundlet "$base/2"\nexec 6<"$base/2"');
  });

  it('without the root covers a file system that is empty', () => {
    const script = setUpScript(
      { ...PLAN, mode: 'user', layers: [layer('/usr')], folders: ['/mnt'] },
      ['true'],
      'none',
    );
    expect(script).toContain('mount -t tmpfs -o mode=755 bundlet "$root"\nmkdir -p "$root"/mnt "$root"/usr');
    expect(script).toContain('userxattr');
  });
});
