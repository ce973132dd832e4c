import type { Check } from '../../check.ts';
import { ANSWER_CHECKS } from './metadata/answer.ts';
import { DECLARATION_CHECKS } from './metadata/declarations.ts';
import { IMPLEMENTATION_CHECKS } from './metadata/implementation.ts';
import { MENTION_CHECKS } from './metadata/mentions.ts';
import { STRUCTURE_CHECKS } from './metadata/structure.ts';

/** What an agent says of itself: META-01 and so on, in the order of their numbers. */
export const METADATA_CHECKS: readonly Check[] = [
  ...ANSWER_CHECKS,
  ...STRUCTURE_CHECKS,
  ...DECLARATION_CHECKS,
  ...IMPLEMENTATION_CHECKS,
  ...MENTION_CHECKS,
].toSorted((one, other) => one.id.localeCompare(other.id));
