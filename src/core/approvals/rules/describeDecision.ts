import type { CallDecision, Decider } from '../../../shared/callDecision.ts';
import type { DecidedBy, Decision } from './decision.ts';

/** A decision of the rules as plain data. */
export function describeDecision({ verdict, by, parts }: Decision): CallDecision {
  const described = { verdict, by: describeDecider(by) };
  if (parts.length < 2) return described;
  const ofParts = parts.map((part) => ({
    text: part.text,
    verdict: part.verdict,
    by: describeDecider(part.by),
  }));
  return { ...described, parts: ofParts };
}

function describeDecider(by: DecidedBy): Decider {
  if (by.kind !== 'rule') return by;
  const { text, place } = by.rule;
  return { kind: 'rule', rule: text, place };
}

/** What the model is told of a call that the rules deny. */
export function denialText({ by }: Pick<Decision, 'by'>): string {
  if (by.kind !== 'rule') return `Not allowed: ${by.why}`;
  return `Not allowed: the rule "${by.rule.text}" denies it. Go on without it.`;
}
