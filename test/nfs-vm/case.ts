import { type Answer, call, type Params, type Way } from './agent.ts';
import type { Guest, Outcome } from './guest.ts';

/** One thing that is shown. It starts with nothing running, and must leave nothing. */
export interface Case {
  readonly name: string;
  readonly run: (at: Stage) => Promise<void>;
}

/** What is left of a server, one line each: processes, threads, mounts, exports. */
const LEFTOVERS = `for p in /proc/[0-9]*; do read -r name < $p/comm || continue
  case $name in rpc.*|rpcbind|nfsdcld|nfsd|sm-notify) echo "process $name $(tr '\\0' ' ' < $p/cmdline)";; esac
done 2>/dev/null
grep -E ' (nfsd|rpc_pipefs) ' /proc/mounts | sed 's/^/mount /'
sed 's/^/export /' /var/lib/nfs/etab 2>/dev/null; true`;

/** What cases work with. */
export class Stage {
  readonly guest: Guest;
  readonly signal: AbortSignal;

  constructor(guest: Guest, signal: AbortSignal) {
    this.guest = guest;
    this.signal = signal;
  }

  /** Shell text that must succeed. */
  async sh(text: string): Promise<string> {
    const { status, output } = await this.trySh(text);
    expect(status === 0, 'status 0', `status ${status}: ${output.slice(-2000)}\nof: ${text.slice(0, 200)}`);
    return output;
  }

  trySh(text: string): Promise<Outcome> {
    this.signal.throwIfAborted();
    return this.guest.sh(text);
  }

  call(action: string, params: Params, way?: Way): Promise<Answer> {
    this.signal.throwIfAborted();
    return call(this.guest, action, params, way);
  }

  /** Calls the agent, which must answer so. */
  async expect(rc: number, action: string, params: Params, way?: Way): Promise<Answer> {
    const answer = await this.call(action, params, way);
    expect(answer.rc === rc, `${action} to give ${rc}`, `${answer.rc}: ${answer.text}`);
    expect((answer.reason === '') === (rc === 0 || rc === 7), `${action} to have its reason`, answer.text);
    return answer;
  }

  /** What is left of a server. */
  async leftovers(): Promise<string> {
    return this.sh(LEFTOVERS);
  }

  async expectNothingLeft(): Promise<void> {
    const left = await this.leftovers();
    expect(left === '', 'nothing to be left', left);
  }
}

/** @throws Error if it isn't so */
export function expect(isSo: boolean, what: string, got: string): void {
  if (!isSo) {
    throw new Error(`Expected ${what}, got ${got}`);
  }
}

/** @throws Error if a text doesn't match */
export const expectMatch = (text: string, pattern: RegExp): void =>
  expect(pattern.test(text), `${pattern}`, text);
