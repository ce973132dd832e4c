import type { Check } from '../check.ts';

/** Not one of the checks that agents are held to: it only asks for the metadata, where all others ask too. */
export const METADATA_CHECK: Check = {
  id: 'METADATA',
  class: 'ocf',
  level: 'must',
  title: 'meta-data is read',
  why: 'Everything else is made from it.',
  source: 'OCF 1.1, meta-data',
  remedy: 'Let meta-data print the metadata and give 0.',
  needs: [],
  async run(trial) {
    await trial.run('meta-data');
  },
};
