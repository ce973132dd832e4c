import { OP } from '../protocol/names.ts';

/** Through which door a request comes. */
export type Door = 'tls';

const ALL_OPERATIONS: ReadonlySet<string> = new Set(Object.values(OP));

/** What each door may do; whatever is not listed is refused. */
const ALLOWED: Readonly<Record<Door, ReadonlySet<string>>> = {
  // A peer that proved the key is fully privileged [protocol 3.1].
  tls: ALL_OPERATIONS,
};

/** The one place that decides whether a request may be carried out. */
export function isAllowed(door: Door, op: string): boolean {
  return ALLOWED[door].has(op);
}
