import type { CallDecision, Decider } from '../../../shared/callDecision.ts';
import type { DecidedCall } from '../../../shared/conversationEvents.ts';
import type { Decision } from '../rules/decision.ts';
import { denialText, describeDecision } from '../rules/describeDecision.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleCall } from '../rules/ruleCall.ts';
import type { RuleSystem } from '../rules/ruleSystem.ts';
import type { KnownTools } from '../rules/ruleTools.ts';
import type { ApprovalRequest } from './approvalRequest.ts';
import type { Answer } from './inboxDecision.ts';

/** What a gate asks for: a request, and what is needed to answer it. */
export interface Asking {
  readonly request: Omit<ApprovalRequest, 'id'>;
  /** The call as rules see it. */
  readonly call: RuleCall;
  /** The rules of the user and of the run, as they are now. */
  readonly rules: () => readonly Rule[];
  readonly system: RuleSystem;
  readonly tools: KnownTools;
  /** Whether the tool is still what it was when it asked. */
  readonly isSameTool: () => boolean;
  /** The call with the arguments that the user has made of the shown ones, or what is wrong with them. */
  readonly withInput: (input: unknown) => Promise<ChangedCall | { readonly problem: string }>;
  /** Calls of this run were decided on: told once for all of them, before any of them goes on. */
  readonly onDecided: (decision: CallDecision, calls: readonly DecidedCall[]) => void;
}

/** A call with the arguments that the user has given it. */
export interface ChangedCall {
  readonly call: RuleCall;
  /** The arguments, with the keys that were hidden from the user. */
  readonly input: unknown;
}

/** A request that waits. */
export interface PendingRequest {
  readonly request: ApprovalRequest;
  /** The key of its group: made once, because arguments may be long. */
  readonly group: string;
  readonly asking: Asking;
  readonly answered: PromiseWithResolvers<Answer>;
}

/** What becomes of one request by a decision. */
export interface Settlement {
  readonly pending: PendingRequest;
  readonly answer: Answer;
}

/** The answer that rules give by themselves; undefined when they ask. */
export function answerOfRules(decision: Decision): Answer | undefined {
  const { verdict } = decision;
  if (verdict === 'ask') return undefined;
  const described = describeDecision(decision);
  if (verdict === 'allow') return { kind: 'allow', decision: described };
  return { kind: 'deny', decision: described, reason: denialText(decision) };
}

/** The user allows a call. */
export function allowedByPerson(changed?: {
  readonly input: unknown;
}): Extract<Answer, { readonly kind: 'allow' }> {
  const by: Decider =
    changed === undefined ? { kind: 'person' } : { kind: 'person', isChanged: true };
  const decision = { verdict: 'allow', by } as const;
  return { kind: 'allow', decision, ...(changed === undefined ? {} : { changed }) };
}

/** The user denies a call. */
export function deniedByPerson(given: string | undefined, ends: boolean): Answer {
  const text = given?.trim() ?? '';
  const by: Decider = { kind: 'person', ...(text === '' ? {} : { reason: text }) };
  const told = text === '' ? 'Do not ask for it again. Go on without it.' : `The reason: ${text}`;
  return {
    kind: 'deny',
    decision: { verdict: 'deny', by },
    reason: `The user denied this call. ${told}`,
    ...(ends ? { ends: true } : {}),
  };
}
