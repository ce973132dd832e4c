import type { Guest } from './guest.ts';

/** Values of parameters. */
export type Params = Readonly<Record<string, string | number>>;

/** What the agent answered. */
export interface Answer {
  readonly rc: number;
  /** The last exit reason. */
  readonly reason: string;
  /** All that it wrote. */
  readonly text: string;
}

/** How the agent is called, besides action and parameters. */
export interface Way {
  readonly env?: Readonly<Record<string, string>>;
  /** Shell text before the call: what the agent runs under, such as `unshare --net`. */
  readonly under?: string;
  readonly path?: string;
}

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const AGENT = '/usr/lib/ocf/resource.d/bundlet/nfsserver';

/** As shell text. */
export function callText(action: string, params: Params, way: Way = {}): string {
  const env = {
    PATH: way.path ?? PATH,
    OCF_ROOT: '/usr/lib/ocf',
    OCF_RA_VERSION_MAJOR: '1',
    OCF_RESOURCE_INSTANCE: 'nfs',
    // An emulated machine is slow: the times of the declaration are for real ones.
    OCF_RESKEY_CRM_meta_timeout: '100000',
    ...Object.fromEntries(Object.entries(params).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
    ...way.env,
  };
  const words = Object.entries(env).map(([name, value]) => quote(`${name}=${value}`));
  return `${way.under ?? ''} env -i ${words.join(' ')} ${AGENT} ${action}`;
}

/** Calls the agent in the guest. */
export async function call(guest: Guest, action: string, params: Params, way?: Way): Promise<Answer> {
  const { status, output } = await guest.sh(callText(action, params, way));
  const reason = /.*ocf-exit-reason:(.*)/s.exec(output)?.[1]?.split('\n')[0] ?? '';
  return { rc: status, reason, text: output };
}

export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
