import { AgentError } from '../../errors/agent-error.ts';
import type { FoundAgent } from '../subject/find-agent.ts';

const USUAL_PROVIDER = 'heartbeat';

/**
 * What is known of an agent that only a daemon has: its name.
 * @throws AgentError CONFIG_INVALID for what a daemon can't run, or tells nothing of
 */
export function remoteAgent(name: string): FoundAgent {
  const [prefix = '', ...words] = name.split(':');
  const word = words.join(':');
  const base = { name, path: '' };
  if (prefix === 'ocf' && words.length <= 2 && words.every((part) => part !== '' && !part.includes('/'))) {
    const [provider = '', type = ''] = words.length === 1 ? [USUAL_PROVIDER, word] : words;
    if (type !== '') {
      return { ...base, class: 'ocf', provider, type };
    }
  }
  if ((prefix === 'lsb' || prefix === 'systemd') && word !== '') {
    return { ...base, class: prefix, type: word };
  }
  throw new AgentError('CONFIG_INVALID', `Expected ${HOW}, got '${name}'${hint(name, prefix)}`, {
    labels: ['config'],
  });
}

const HOW = 'with --host the name of an agent: ocf:PROVIDER:TYPE, lsb:NAME or systemd:NAME';

function hint(name: string, prefix: string): string {
  if (prefix === 'alert') {
    return '; a daemon tells nobody how an alert agent has ended';
  }
  return name.includes('/') ? '; a daemon finds agents by their names alone' : '';
}
