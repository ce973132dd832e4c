import type { Job } from './job.ts';
import type { CheckResult } from './result.ts';
import type { Run } from './run.ts';

/** A folder of the place whose changes lie in a directory of their own. */
export interface ChangedLayer {
  /** Where it lies. */
  readonly path: string;
  /** What was changed in it, as overlayfs keeps that. */
  readonly upper: string;
  /** As it was before. */
  readonly lower: string;
}

/** What the place has that a worker finds itself in. JSON. */
export type PlaceDescription =
  | {
      readonly kind: 'sandbox';
      readonly layers: readonly ChangedLayer[];
      /** Folders that have a small file system of their own, and where that can be written to. */
      readonly small: readonly { readonly path: string; readonly folder: string }[];
      /** Whether there are other users. */
      readonly hasUsers: boolean;
    }
  | { readonly kind: 'in-place'; readonly hasUsers: boolean };

/** What a worker is told, once, as JSON. */
export interface WorkerTask {
  readonly job: Job;
  readonly place: PlaceDescription;
}

/** What a worker says, one JSON text a line. */
export type WorkerEvent =
  | { readonly type: 'action'; readonly run: Run }
  | { readonly type: 'result'; readonly result: CheckResult }
  /** It had to end at once, because of what the agent does; the reason is for people. */
  | { readonly type: 'given-up'; readonly reason: string };
