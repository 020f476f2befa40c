import type { Verdict } from '../../../shared/callDecision.ts';
import type { Rule } from './rule.ts';

/** What the rules say of a call, and why. */
export interface Decision {
  readonly verdict: Verdict;
  readonly by: DecidedBy;
  /** Of a command line: each command in it, with what the rules say of it alone. */
  readonly parts: readonly PartDecision[];
}

/** What the rules say of one command of a command line. */
export interface PartDecision {
  readonly text: string;
  readonly verdict: Verdict;
  readonly by: DecidedBy;
}

/** What has decided. `why` is a sentence for the user. */
export type DecidedBy =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'floor'; readonly why: string }
  | { readonly kind: 'default'; readonly why: string };
