import type { CallDecision } from '../../../shared/callDecision.ts';
import type { ExactRule, OfferedRule } from '../rules/clickRule.ts';
import type { ApprovalRequest, QuestionAnswer } from './approvalRequest.ts';

/** What the user decides. Requests are named by their ids. */
export type InboxDecision =
  /** These calls may run. */
  | { readonly kind: 'allow'; readonly requests: readonly string[] }
  /** This call may run with other arguments. */
  | { readonly kind: 'change'; readonly request: string; readonly input: unknown }
  | Answers
  | RuleChoice
  | Denial;

/** What the user answers to calls that ask: one answer for each question, in their order. */
export interface Answers {
  readonly kind: 'answer';
  readonly requests: readonly string[];
  readonly answers: readonly QuestionAnswer[];
}

/** A rule that is offered for a request holds from now on, for its agent. It settles whatever it allows. */
export interface RuleChoice {
  readonly kind: 'rule';
  readonly request: string;
  readonly form: 'exact' | 'pattern';
  readonly scope: RuleScope;
}

/**
 * Where such a rule holds: in the request's conversation, in its run, or in all runs. `always` gives the text
 * for the user's settings, too.
 */
export type RuleScope = 'conversation' | 'run' | 'always';

/** These calls may not run. */
export interface Denial {
  readonly kind: 'deny';
  readonly requests: readonly string[];
  /** Told to the model. */
  readonly reason?: string;
  /**
   * What else is denied: nothing; whatever else their conversations ask for, which end; or the same calls in all
   * conversations of their runs, now and later.
   */
  readonly also?: 'conversation' | 'run';
}

/** Rules that the user can make with a click on a request. */
export interface RequestOffers {
  /** This very call; or why no rule can name it. */
  readonly exact: ExactRule;
  /** Calls like it, where that is safe to say. */
  readonly pattern?: OfferedRule;
}

/** What a decision would do now. */
export interface DecisionPreview {
  readonly settles: readonly ApprovalRequest[];
  /** The requests that would still wait. */
  readonly stays: readonly ApprovalRequest[];
  /** Of a rule: its text, and all that it would let through from now on. */
  readonly offer?: OfferedRule;
  /** Named requests that it would not settle. */
  readonly refused: readonly Refusal[];
}

/** What a decision did. */
export interface DecisionResult {
  /** Ids, in the order in which the requests came. */
  readonly settled: readonly string[];
  /** Named requests that were not settled. */
  readonly refused: readonly Refusal[];
  /** A rule to add to the user's settings. */
  readonly settingsRule?: string;
}

export interface Refusal {
  readonly id: string;
  /**
   * - `late`: it does not wait any more
   * - `twice`: the decision named it before
   * - `changed`: the tool is not what it was when it asked; the call was denied
   * - `denied`: a rule or the floor denies it
   * - `unfit`: the arguments do not fit the tool, or this is no answer to what it asks
   * - `unavailable`: no such rule can be written
   */
  readonly why: 'late' | 'twice' | 'changed' | 'denied' | 'unfit' | 'unavailable';
  /** A sentence for the user. */
  readonly message: string;
}

/** What became of a request. */
export type Answer =
  | {
      readonly kind: 'allow';
      readonly decision: CallDecision;
      /** The arguments to run with, when the user has changed them. */
      readonly changed?: { readonly input: unknown };
      /** To a call that asks. */
      readonly answers?: readonly QuestionAnswer[];
    }
  | {
      readonly kind: 'deny';
      readonly decision: CallDecision;
      /** For the model. */
      readonly reason: string;
      /** Whether the conversation ends. */
      readonly ends?: true;
    };
