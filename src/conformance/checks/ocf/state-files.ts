import { basename } from 'node:path';
import type { Check } from '../../check.ts';
import type { SeenFile } from '../../place.ts';
import { ServiceWatch } from '../../service-watch.ts';
import type { Instance, Subject } from '../../subject.ts';
import { findPidFiles } from './pid-files.ts';

/** Where agents, and nobody else, keep what they remember: HA_RSCTMP and HA_VARLIB of the shell library. */
const AGENTS_DIRECTORIES = /^(\/var)?\/run\/(resource-agents|heartbeat\/rsctmp)\/|^\/var\/lib\/heartbeat\//;
/** What agents write in place of letters that don't fit a file's name. */
const UNUSUAL = /[^A-Za-z0-9]+/g;

/** Names of what the agent remembers. */
export const STATE_FILE_CHECKS: readonly Check[] = [
  {
    id: 'CONC-05',
    class: 'ocf',
    level: 'should',
    title: "names of the agent's state files hold the name of the resource, or what is unique about it",
    why: 'Two instances with one state file believe of each other what is not so. Nobody notices before the second one is configured.',
    source: 'OCF 1.1: several instances of one type may run at once',
    remedy: 'Use $OCF_RESOURCE_INSTANCE in the name of every file below /run/resource-agents.',
    needs: ['processes', 'traces'],
    async run(trial) {
      const watch = await ServiceWatch.begin(trial);
      await trial.reach('stopped');
      const mark = await trial.place.markFiles();
      const { all } = await watch.start();
      const files = (await trial.place.changedFiles(mark)).filter(isFileOfAgent);
      const [instance] = trial.subject.cases.instances;
      const names = instance === undefined ? [] : namesOf(trial.subject, instance);
      const nameless = files.filter(({ path }) => !names.some((name) => simple(path).includes(name)));
      if (nameless.length > 0) {
        const expected = `${instance?.name} in the names of its state files`;
        trial.fail({ expected, seen: nameless.map(({ path }) => path).join(', ') });
      }
      // Others may be named by the service's own configuration: whether they are can't be known.
      for (const { path } of await findPidFiles(trial, mark, all)) {
        if (!AGENTS_DIRECTORIES.test(path) && !names.some((name) => simple(path).includes(name))) {
          trial.note(`The PID file ${path} holds neither the name of the resource nor a unique parameter`);
        }
      }
    },
  },
];

function isFileOfAgent({ path, kind, change }: SeenFile): boolean {
  return kind !== 'directory' && change === 'made' && AGENTS_DIRECTORIES.test(path);
}

/** What may stand in the name of a file to tell this instance from another. */
function namesOf({ metadata }: Subject, { name, parameters }: Instance): readonly string[] {
  const unique = (metadata?.parameters ?? [])
    .filter(({ isUnique, uniqueGroup }) => isUnique || uniqueGroup !== undefined)
    .map((parameter) => parameters[parameter.name] ?? '');
  const paths = Object.values(parameters).filter((value) => value.startsWith('/'));
  return [name, ...unique, ...unique.map((value) => basename(value)), ...paths]
    .map(simple)
    .filter((value) => value !== '');
}

function simple(text: string): string {
  return text.replaceAll(UNUSUAL, '_');
}
