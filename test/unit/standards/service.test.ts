import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action, ActionRunner } from '../../../src/standards/action.ts';
import { LsbWithMetadata } from '../../../src/standards/lsb-metadata.ts';
import { type ActionResult, plainResult } from '../../../src/standards/result.ts';
import { ServiceRunner } from '../../../src/standards/service.ts';

/** Tells in its output that it was asked. */
class Teller implements ActionRunner {
  readonly #name: string;
  kills = 0;

  constructor(name: string) {
    this.#name = name;
  }

  run(action: Action, onEnd: (result: ActionResult) => void) {
    const timer = setTimeout(() => onEnd({ ...plainResult(0, 0), output: `${this.#name} ${action.name}` }));
    return {
      kill: () => {
        this.kills += 1;
        clearTimeout(timer);
        onEnd(plainResult(1, 1));
        return 'so far';
      },
    };
  }
}

class Units extends Teller {
  readonly names = new Set<string>();
  exists = (agent: string): Promise<boolean> => Promise.resolve(this.names.has(agent));
}

let directory: string;
let systemd: Units;
let lsb: Teller;
let service: ServiceRunner;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundlet-init.d-'));
  systemd = new Units('systemd');
  lsb = new Teller('lsb');
  service = new ServiceRunner({ lsb, systemd, lsbDirectory: directory });
});

afterEach(() => rmSync(directory, { recursive: true }));

const action = (type: string, name = 'start'): Action => ({
  rsc: { id: 'r1', class: 'service', type },
  name,
  intervalMs: 0,
  timeoutMs: 1000,
  parameters: new Map(),
});

const run = (runner: ActionRunner, given: Action): Promise<ActionResult> =>
  new Promise((resolve) => runner.run(given, resolve));

describe('class service', () => {
  it('takes the init script though there is a unit', async () => {
    writeFileSync(join(directory, 'web'), '');
    systemd.names.add('web');
    expect(await run(service, action('web'))).toMatchObject({ output: 'lsb start' });
  });

  it('takes the unit where there is no script', async () => {
    systemd.names.add('web');
    expect(await run(service, action('web'))).toMatchObject({ output: 'systemd start' });
  });

  it('leaves it to class lsb to miss what is nowhere', async () => {
    expect(await run(service, action('web'))).toMatchObject({ output: 'lsb start' });
  });

  it('looks anew at each run', async () => {
    systemd.names.add('web');
    await run(service, action('web'));
    writeFileSync(join(directory, 'web'), '');
    expect(await run(service, action('web'))).toMatchObject({ output: 'lsb start' });
  });

  it('takes a path for a script', async () => {
    const path = join(directory, 'elsewhere');
    systemd.names.add(path);
    writeFileSync(path, '');
    expect(await run(service, action(path))).toMatchObject({ output: 'lsb start' });
  });

  it('runs nothing when it was killed before it knew what', async () => {
    let ends = 0;
    const result = await new Promise<ActionResult>((resolve) => {
      const running = service.run(action('web'), (end) => {
        ends += 1;
        resolve(end);
      });
      expect(running.kill()).toBeUndefined();
      expect(running.kill()).toBeUndefined();
      expect(ends).toBe(0);
    });
    expect(result.status).toBe(1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(ends).toBe(1);
    expect(lsb.kills).toBe(0);
  });
});

describe('metadata of an init script', () => {
  const describeScript = (type: string): Promise<ActionResult> =>
    run(new LsbWithMetadata(lsb, directory), action(type, 'meta-data'));

  it('is made of its header', async () => {
    const header = [
      '#!/bin/sh',
      '# Provides: not this',
      '### BEGIN INIT INFO',
      '# Provides:          web <1>',
      '# Required-Start:\t$local_fs $network',
      '# Default-Start:     2 3',
      '# Short-Description: Serves "pages" & more',
      '# Description:       First line',
      '#  second line',
      '#\tthird line',
      '# Default-Stop:      0',
      '### END INIT INFO',
      '# Required-Stop: nor this',
    ];
    writeFileSync(join(directory, 'web'), header.join('\n'));
    const { output, rc, status } = await describeScript('web');
    expect({ rc, status }).toEqual({ rc: 0, status: 0 });
    expect(output).toBe(`<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="web" version="0.1">
  <version>1.0</version>
  <longdesc lang="en">
First line
second line
third line
  </longdesc>
  <shortdesc lang="en">Serves &quot;pages&quot; &amp; more</shortdesc>
  <parameters/>
  <actions>
    <action name="meta-data" timeout="5s"/>
    <action name="start" timeout="15s"/>
    <action name="stop" timeout="15s"/>
    <action name="status" timeout="15s"/>
    <action name="restart" timeout="15s"/>
    <action name="force-reload" timeout="15s"/>
    <action name="monitor" timeout="15s" interval="15s"/>
  </actions>
  <special tag="LSB">
    <Provides>web &lt;1&gt;</Provides>
    <Required-Start>$local_fs $network</Required-Start>
    <Required-Stop></Required-Stop>
    <Should-Start></Should-Start>
    <Should-Stop></Should-Stop>
    <Default-Start>2 3</Default-Start>
    <Default-Stop>0</Default-Stop>
  </special>
</resource-agent>
`);
  });

  it.each([
    ['without a header', '#!/bin/sh\nexit 0\n'],
    ['that is empty', ''],
    ['that is no text', '\x7fELF\0\x01\xff'],
    ['with a header that does not end', '### BEGIN INIT INFO\n'],
  ])('%s has its name', async (_what, text) => {
    writeFileSync(join(directory, 'bare'), text, 'latin1');
    expect((await describeScript('bare')).output).toContain('<shortdesc lang="en">bare</shortdesc>');
  });

  it('of none is an error', async () => {
    const path = join(directory, 'none');
    expect(await describeScript('none')).toMatchObject({
      rc: 5,
      status: 7,
      exitReason: `${path}: No such file or directory`,
    });
    expect(await describeScript('.')).toMatchObject({ rc: 5, status: 7 });
  });

  it('is the only action that the script does not get itself', async () => {
    expect(await run(new LsbWithMetadata(lsb, directory), action('web', 'status'))).toMatchObject({
      output: 'lsb status',
    });
  });
});
