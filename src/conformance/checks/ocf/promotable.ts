import { advertises } from '../../declared.ts';
import type { Run, RunOptions } from '../../run.ts';
import type { Trial } from '../../trial.ts';
import { describeEnd } from '../../words.ts';
import { OK } from './expectations.ts';
import { type NotifyOperation, notifyMeta } from './notify-variables.ts';
import { cloneMeta, UNPROMOTED } from './roles.ts';

/** Monitors after which an instance should have said how well it could be promoted. */
const SCORING_MONITORS = 3;

/** An instance of a promotable clone, led as a cluster leads it. */
export class Promotable {
  readonly trial: Trial;
  /** With what each of its actions is called. */
  readonly options: RunOptions & { readonly meta: Readonly<Record<string, string>> };

  constructor(trial: Trial) {
    this.trial = trial;
    this.options = { meta: cloneMeta(trial.subject) };
  }

  run(action: string, options: RunOptions = {}): Promise<Run> {
    return this.trial.run(action, { ...this.options, ...options });
  }

  expect(action: string, rc: readonly number[], when: string): Promise<Run> {
    return this.trial.expect(action, { rc, when }, this.options);
  }

  async stopped(): Promise<void> {
    await this.trial.reach('stopped', this.options);
  }

  /** Started, and told how well it could be promoted, where that can be seen: some let themselves be promoted only then. */
  async unpromoted(): Promise<void> {
    await this.trial.reach('started', this.options);
    for (let index = 0; index < SCORING_MONITORS && (await this.score()) !== 'set'; index += 1) {
      const monitor = await this.run('monitor');
      if (!UNPROMOTED.includes(monitor.rc)) {
        this.trial.skip(`It does not stay started: monitor gave ${describeEnd(monitor)}`);
      }
    }
  }

  /** Promoted, with the notifications around it; judged. @returns whether it was right */
  async promote(when: string): Promise<boolean> {
    await this.#notify('pre', 'promote');
    const run = await this.expect('promote', OK, when);
    await this.#notify('post', 'promote');
    return run.rc === 0;
  }

  async demote(when: string): Promise<boolean> {
    await this.#notify('pre', 'demote');
    const run = await this.expect('demote', OK, when);
    await this.#notify('post', 'demote');
    return run.rc === 0;
  }

  /** The same for checks of something else: a promotion that fails ends them. */
  async promoted(): Promise<void> {
    await this.unpromoted();
    await this.#notify('pre', 'promote');
    const run = await this.run('promote');
    await this.#notify('post', 'promote');
    if (run.rc !== 0) {
      this.trial.skip(`It can't be brought to promoted: promote gave ${describeEnd(run)}`);
    }
  }

  /** What it told the cluster last of its promotion score; undefined where nobody knows. */
  async score(): Promise<'set' | 'deleted' | 'never' | undefined> {
    const calls = await this.trial.place.toolCalls().catch(() => undefined);
    if (calls === undefined) {
      return undefined;
    }
    const last = calls.filter((call) => IS_SCORE.test(call) && CHANGES.test(call)).at(-1);
    if (last === undefined) {
      return 'never';
    }
    return DELETES.test(last) ? 'deleted' : 'set';
  }

  /** Its result is ignored, as Pacemaker does; NOT-01 judges it. */
  async #notify(type: 'pre' | 'post', operation: NotifyOperation): Promise<void> {
    if (!advertises(this.trial.subject, 'notify')) {
      return;
    }
    const name = this.trial.subject.cases.instances[0]?.name ?? '';
    const promoted = operation === 'demote' ? 'own' : undefined;
    const lists = notifyMeta(name, { type, operation, of: ['own'], promoted });
    await this.run('notify', { meta: { ...this.options.meta, ...lists } });
  }
}

/** Calls that are about promotion scores, by any of the ways to say it. */
const IS_SCORE = /^crm_master\b|^crm_attribute\b.* (?:-p|--promotion|(?:-n ?|--name[= ])'?master-)/;
const CHANGES = / (?:-\w*[vD]|--update|--delete|--attr-value|--delete-attr)/;
const DELETES = / (?:-\w*D\b|--delete|--delete-attr)/;
