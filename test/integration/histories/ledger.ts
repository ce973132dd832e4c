import { existsSync, readFileSync } from 'node:fs';
import type { Run } from './history.ts';

/** Milliseconds since boot: the clock that the agent writes into its ledger. */
export function uptimeMs(): number {
  return toMs(readFileSync('/proc/uptime', 'latin1'));
}

/** What the agent ran for a resource, in the order in which it began. */
export function readLedger(dir: string, rscId: string): Run[] {
  const file = `${dir}/${rscId}.ledger`;
  return existsSync(file) ? parseLedger(rscId, readFileSync(file, 'utf8')) : [];
}

/** @throws when a line is none of the agent's. */
export function parseLedger(rscId: string, text: string): Run[] {
  const runs = new Map<number, Run>();
  for (const line of text.split('\n').slice(0, -1)) {
    const [what, pid = '', seconds = '', ...rest] = line.split(' ');
    const begun = runs.get(Number(pid));
    if (what === 'start' && begun === undefined) {
      const [tag = '', action = '', interval = '', beside = '0'] = rest;
      runs.set(Number(pid), {
        ...{ rscId, pid: Number(pid), tag, action, intervalMs: Number(interval), startMs: toMs(seconds) },
        ...(beside === '0' ? {} : { beside: Number(beside) }),
      });
    } else if (what === 'end' && begun !== undefined && begun.end === undefined) {
      const status = rest[0] === 'signal' ? rest[0] : Number(rest[0]);
      runs.set(Number(pid), { ...begun, end: { ms: toMs(seconds), status } });
    } else {
      throw new Error(`Expected a line of the recorder in the ledger of ${rscId}, got "${line}"`);
    }
  }
  return [...runs.values()];
}

function toMs(seconds: string): number {
  return Math.round(Number.parseFloat(seconds) * 1000);
}
