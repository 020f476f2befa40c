import type { OfferedRule } from '../rules/clickRule.ts';
import type { Decision } from '../rules/decision.ts';
import type { Rule } from '../rules/rule.ts';
import type { RuleCall } from '../rules/ruleCall.ts';
import { answerOne } from './answerSettlements.ts';
import { callText } from './approvalRequest.ts';
import type {
  Answer,
  Answers,
  Denial,
  InboxDecision,
  Refusal,
  RequestOffers,
  RuleChoice,
} from './inboxDecision.ts';
import type { ChangedCall, PendingRequest, Settlement } from './pendingRequest.ts';
import { allowedByPerson, answerOfRules, deniedByPerson } from './pendingRequest.ts';

/** What waits, and what rules say of it. */
export interface Waiting {
  readonly pending: ReadonlyMap<string, PendingRequest>;
  offers(id: string): RequestOffers | undefined;
  /** What the rules say of a request, `more` of them among them; with another call, of that. */
  rulesSay(pending: PendingRequest, more: readonly Rule[], call?: RuleCall): Decision;
}

/** What a decision settles, and which of the requests that it names it does not. */
export interface Settlements {
  readonly settlements: readonly Settlement[];
  readonly refused: readonly Refusal[];
  readonly offer?: OfferedRule;
}

/**
 * Works out what a decision does, without doing it. `changed` is the call that the decision makes of a request,
 * if it changes one that waits.
 */
export function settlementsOf(
  decision: InboxDecision,
  waiting: Waiting,
  changed: ChangedCall | { readonly problem: string } | undefined,
): Settlements {
  switch (decision.kind) {
    case 'allow':
      return allowNamed(decision.requests, waiting);
    case 'answer':
      return answerNamed(decision, waiting);
    case 'change':
      return allowChanged(decision, changed, waiting);
    case 'rule':
      return allowByRule(decision, waiting);
    case 'deny':
      return denyNamed(decision, waiting);
  }
}

/** The requests of these ids that wait, in the order in which they came, and why the others are refused. */
function find(
  ids: readonly string[],
  { pending }: Waiting,
): { readonly found: readonly PendingRequest[]; readonly refused: readonly Refusal[] } {
  const named = new Set<string>();
  const refused: Refusal[] = [];
  for (const id of ids) {
    if (named.has(id)) refused.push(refusal(id, 'twice'));
    else if (!pending.has(id)) refused.push(refusal(id, 'late'));
    named.add(id);
  }
  return { found: [...pending.values()].filter(({ request }) => named.has(request.id)), refused };
}

const messages = {
  late: 'This call does not wait any more: it was decided on, or its conversation has ended.',
  twice: 'This call was named twice.',
  changed: 'The tool is not what it was when it asked, so its call was denied.',
  question: 'This call asks a question. Answer it, or deny the call.',
  unavailable: 'No such rule can be written for this call.',
} as const;

function refusal(id: string, why: keyof typeof messages): Refusal {
  return { id, why: why === 'question' ? 'unfit' : why, message: messages[why] };
}

function answerNamed(given: Answers, waiting: Waiting): Settlements {
  const { found, refused } = find(given.requests, waiting);
  const settlements: Settlement[] = [];
  const more: Refusal[] = [];
  for (const pending of found) {
    const answered = pending.asking.isSameTool()
      ? answerOne(pending, given)
      : allowOne(pending, waiting);
    if ('settlement' in answered) settlements.push(answered.settlement);
    if ('refusal' in answered && answered.refusal !== undefined) more.push(answered.refusal);
  }
  return { settlements, refused: [...refused, ...more] };
}

function allowNamed(ids: readonly string[], waiting: Waiting): Settlements {
  const { found, refused } = find(ids, waiting);
  const settlements: Settlement[] = [];
  const more: Refusal[] = [];
  for (const pending of found) {
    if (pending.request.questions !== undefined) {
      more.push(refusal(pending.request.id, 'question'));
      continue;
    }
    const { settlement, refusal: why } = allowOne(pending, waiting);
    settlements.push(settlement);
    if (why !== undefined) more.push(why);
  }
  return { settlements, refused: [...refused, ...more] };
}

/** The user allows a call, if the rules still let the user decide. */
function allowOne(
  pending: PendingRequest,
  waiting: Waiting,
): { readonly settlement: Settlement; readonly refusal?: Refusal } {
  const { id } = pending.request;
  if (!pending.asking.isSameTool()) {
    const answer: Answer = {
      kind: 'deny',
      reason:
        'Not allowed: the tool changed after the call was asked for. Ask again if you need it.',
      decision: { verdict: 'deny', by: { kind: 'floor', why: messages.changed } },
    };
    return { settlement: { pending, answer }, refusal: refusal(id, 'changed') };
  }
  const answer = answerOfRules(waiting.rulesSay(pending, []));
  if (answer?.kind !== 'deny') return { settlement: { pending, answer: allowedByPerson() } };
  const denied: Refusal = { id, why: 'denied', message: answer.reason };
  return { settlement: { pending, answer }, refusal: denied };
}

function allowChanged(
  { request: id, input }: Extract<InboxDecision, { readonly kind: 'change' }>,
  given: ChangedCall | { readonly problem: string } | undefined,
  waiting: Waiting,
): Settlements {
  const pending = waiting.pending.get(id);
  const refuse = (why: Refusal): Settlements => ({ settlements: [], refused: [why] });
  if (pending === undefined || given === undefined) return refuse(refusal(id, 'late'));
  if (pending.request.questions !== undefined) return refuse(refusal(id, 'question'));
  if (!pending.asking.isSameTool()) return allowNamed([id], waiting);
  if ('problem' in given) return refuse({ id, why: 'unfit', message: given.problem });
  const answer = answerOfRules(waiting.rulesSay(pending, [], given.call));
  if (answer?.kind === 'deny') return refuse({ id, why: 'denied', message: answer.reason });
  const { name } = pending.request.tool;
  const isSame = callText(name, input) === callText(name, pending.request.input);
  const changed = isSame ? undefined : { input: given.input };
  return { settlements: [{ pending, answer: allowedByPerson(changed) }], refused: [] };
}

/** The rule holds from now on: what it allows does not wait any longer. */
function allowByRule({ request: id, form, scope }: RuleChoice, waiting: Waiting): Settlements {
  const named = waiting.pending.get(id);
  if (named === undefined) return { settlements: [], refused: [refusal(id, 'late')] };
  if (named.request.questions !== undefined) {
    return { settlements: [], refused: [refusal(id, 'question')] };
  }
  if (!named.asking.isSameTool()) return allowNamed([id], waiting);
  const offers = waiting.offers(id);
  const exact = offers !== undefined && 'rule' in offers.exact ? offers.exact : undefined;
  const offer = form === 'exact' ? exact : offers?.pattern;
  if (offer === undefined) return { settlements: [], refused: [refusal(id, 'unavailable')] };
  const { runId, conversation } = named.request;
  const settlements = [...waiting.pending.values()].flatMap((pending): Settlement[] => {
    const { request, asking } = pending;
    const isInRun = scope === 'always' || request.runId === runId;
    const isInScope =
      isInRun && (scope !== 'conversation' || request.conversation === conversation);
    if (!isInScope || !asking.isSameTool()) return [];
    const said = waiting.rulesSay(pending, [offer.rule]);
    const isByRule = said.by.kind === 'rule' && said.by.rule === offer.rule;
    const answer = isByRule ? answerOfRules(said) : undefined;
    return answer === undefined ? [] : [{ pending, answer }];
  });
  const isNamedSettled = settlements.some(({ pending }) => pending === named);
  if (isNamedSettled) return { settlements, refused: [], offer };
  const message = 'Another rule asks about this call or denies it, and comes first.';
  return { settlements: [], refused: [{ id, why: 'denied', message }] };
}

function denyNamed({ requests, reason, also }: Denial, waiting: Waiting): Settlements {
  const { found, refused } = find(requests, waiting);
  const keyOf = ({ request }: PendingRequest): string => {
    const { runId, conversation, tool, input } = request;
    const what = also === 'conversation' ? conversation : callText(tool.name, input);
    return JSON.stringify([runId, what]);
  };
  const keys = new Set(found.map(keyOf));
  const all =
    also === undefined
      ? found
      : [...waiting.pending.values()].filter((pending) => keys.has(keyOf(pending)));
  const answer = deniedByPerson(reason, also === 'conversation');
  return { settlements: all.map((pending) => ({ pending, answer })), refused };
}
