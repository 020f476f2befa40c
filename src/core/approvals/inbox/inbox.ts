import type { DecidedCall } from '../../../shared/conversationEvents.ts';
import type { Event } from '../../base/emitter.ts';
import { Emitter } from '../../base/emitter.ts';
import { exactRule, patternRule } from '../rules/clickRule.ts';
import { decide } from '../rules/decide.ts';
import type { Rule } from '../rules/rule.ts';
import type { ApprovalRequest, RequestGroup, RequestPlace } from './approvalRequest.ts';
import { groupKey, placeKey } from './approvalRequest.ts';
import { ClickRules } from './clickRules.ts';
import type {
  Answer,
  DecisionPreview,
  DecisionResult,
  InboxDecision,
  RequestOffers,
  RuleChoice,
} from './inboxDecision.ts';
import type { Asking, ChangedCall, PendingRequest, Settlement } from './pendingRequest.ts';
import { answerOfRules, deniedByPerson } from './pendingRequest.ts';
import type { Settlements } from './settlements.ts';
import { settlementsOf } from './settlements.ts';

/**
 * The tool calls of all conversations that wait for the user's decision. Nothing in it decides by itself, and
 * nothing of it outlives the process: after a restart the calls are asked about again.
 */
export class Inbox {
  readonly #pending = new Map<string, PendingRequest>();
  /** The places of those that wait: a call may ask once at a time. */
  readonly #places = new Set<string>();
  readonly #clickRules = new ClickRules();
  readonly #changed: Emitter<void>;
  #asked = 0;
  #questions = 0;

  constructor(onListenerError?: (error: unknown) => void) {
    this.#changed = new Emitter(onListenerError);
  }

  /** Requests came, were settled or withdrawn. Fires once for each change: coalesce what is costly. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** How many of those that wait ask a question. */
  get questions(): number {
    return this.#questions;
  }

  /** Whether a request still waits. */
  has(id: string): boolean {
    return this.#pending.has(id);
  }

  /** The requests that wait, in the order in which they came. */
  requests(): readonly ApprovalRequest[] {
    return [...this.#pending.values()].map(({ request }) => request);
  }

  /** The same requests, those that ask for the same together. */
  groups(): readonly RequestGroup[] {
    const groups = new Map<string, ApprovalRequest[]>();
    for (const { request, group: key } of this.#pending.values()) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [request]);
      else group.push(request);
    }
    return [...groups].map(([key, requests]) => ({ key, requests }));
  }

  /** Undefined for a request that does not wait any more. */
  offers(id: string): RequestOffers | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    const { call, system, tools } = pending.asking;
    const pattern = patternRule(call, { system, tools });
    const exact = exactRule(call, { system, tools });
    return { exact, ...(pattern === undefined ? {} : { pattern }) };
  }

  /** What a decision would settle now, and what would still wait. Changes nothing. */
  async preview(decision: InboxDecision): Promise<DecisionPreview> {
    const changed = await this.#changedCall(decision);
    const { settlements, offer, refused } = this.#settlementsOf(decision, changed);
    const settles = settlements.map(({ pending }) => pending.request);
    const ids = new Set(settles.map(({ id }) => id));
    return {
      settles,
      stays: this.requests().filter(({ id }) => !ids.has(id)),
      refused,
      ...(offer === undefined ? {} : { offer }),
    };
  }

  /** Settles requests. What was named and cannot be settled any more is refused, and changes nothing. */
  async decide(given: InboxDecision): Promise<DecisionResult> {
    // What is decided is what was given, whatever becomes of it meanwhile.
    const decision = structuredClone(given);
    const changed = await this.#changedCall(decision);
    const { settlements, refused, offer } = this.#settlementsOf(decision, changed);
    if (decision.kind === 'rule' && offer !== undefined) this.#addRule(decision, offer.rule);
    if (decision.kind === 'deny' && decision.also === 'run') {
      for (const { pending } of settlements) this.#denyInRun(pending, decision.reason);
    }
    this.#settle(settlements);
    const isForSettings = decision.kind === 'rule' && decision.scope === 'always';
    return {
      settled: settlements.map(({ pending }) => pending.request.id),
      refused,
      ...(isForSettings && offer !== undefined ? { settingsRule: offer.rule.text } : {}),
    };
  }

  /** The user's rules have changed: what they decide now does not wait any longer. */
  recheck(): void {
    const settlements = [...this.#pending.values()].flatMap((pending): Settlement[] => {
      const answer = answerOfRules(this.#rulesSay(pending, []));
      // No rule can answer a question.
      const isOpen = answer?.kind === 'allow' && pending.request.questions !== undefined;
      return answer === undefined || isOpen ? [] : [{ pending, answer }];
    });
    this.#settle(settlements);
  }

  /** The rules that were made with a click and hold in a conversation. */
  rulesOf(place: Pick<RequestPlace, 'runId' | 'conversation'>): readonly Rule[] {
    return this.#clickRules.of(place);
  }

  /** The conversation begins anew: what was allowed for it counts no more. */
  forget(place: Pick<RequestPlace, 'runId' | 'conversation'>): void {
    this.#clickRules.forget(place);
  }

  /** Puts a request in. Rejects with the signal's reason when its conversation ends first. */
  ask(asking: Asking, signal: AbortSignal): Promise<Answer> {
    const { request: asked } = asking;
    const { runId, tool, input } = asked;
    const denial = this.#clickRules.denialOf(runId, tool.name, input);
    if (denial !== undefined) return Promise.resolve(deniedByPerson(denial, false));
    const place = placeKey(asked);
    if (this.#places.has(place)) {
      return Promise.reject(new Error('Another call of this turn has the same id.'));
    }
    const answered = Promise.withResolvers<Answer>();
    const id = `${place}#${++this.#asked}`;
    const group = groupKey(asked);
    const pending: PendingRequest = { request: { ...asked, id }, group, asking, answered };
    this.#places.add(place);
    this.#pending.set(id, pending);
    if (asked.questions !== undefined) this.#questions += 1;
    const onAbort = (): void => {
      if (!this.#remove(pending)) return;
      answered.reject(signal.reason);
      this.#changed.fire();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    this.#changed.fire();
    return answered.promise.finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** The call that a decision makes of a request; undefined when it changes none that waits. */
  async #changedCall(
    decision: InboxDecision,
  ): Promise<ChangedCall | { readonly problem: string } | undefined> {
    if (decision.kind !== 'change') return undefined;
    return this.#pending.get(decision.request)?.asking.withInput(decision.input);
  }

  #settlementsOf(
    decision: InboxDecision,
    changed: Parameters<typeof settlementsOf>[2],
  ): Settlements {
    const waiting = {
      pending: this.#pending,
      offers: (id: string) => this.offers(id),
      rulesSay: this.#rulesSay.bind(this),
    };
    return settlementsOf(decision, waiting, changed);
  }

  #rulesSay(
    { request, asking }: PendingRequest,
    more: readonly Rule[],
    call = asking.call,
  ): ReturnType<typeof decide> {
    const rules = [...asking.rules(), ...this.#clickRules.of(request), ...more];
    return decide(rules, call, asking.system);
  }

  #addRule({ request: id, scope }: RuleChoice, rule: Rule): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) this.#clickRules.add(rule, scope, pending.request);
  }

  #denyInRun({ request }: PendingRequest, reason = ''): void {
    const { runId, tool, input } = request;
    this.#clickRules.deny(runId, tool.name, input, reason);
  }

  /** Tells each run once for all of its calls with the same decision; then the calls go on. */
  #settle(settlements: readonly Settlement[]): void {
    const open = settlements.filter(({ pending }) => this.#remove(pending));
    if (open.length === 0) return;
    const told = new Map<string, Settlement[]>();
    for (const settlement of open) {
      const { pending, answer } = settlement;
      const key = JSON.stringify([pending.request.runId, answer.decision]);
      const same = told.get(key);
      if (same === undefined) told.set(key, [settlement]);
      else same.push(settlement);
    }
    for (const same of told.values()) tell(same);
    this.#changed.fire();
  }

  /** False for a request that does not wait any more. */
  #remove({ request }: PendingRequest): boolean {
    this.#places.delete(placeKey(request));
    const isRemoved = this.#pending.delete(request.id);
    if (isRemoved && request.questions !== undefined) this.#questions -= 1;
    return isRemoved;
  }
}

function tell(settlements: readonly Settlement[]): void {
  const [first] = settlements;
  if (first === undefined) return;
  const calls = settlements.map(({ pending }): DecidedCall => {
    const { conversation, turn, callId, within } = pending.request;
    return { conversation, turn, callId, ...(within === undefined ? {} : { within }) };
  });
  try {
    first.pending.asking.onDecided(first.answer.decision, calls);
  } catch (thrown) {
    // What cannot be recorded is not done.
    for (const { pending } of settlements) pending.answered.reject(thrown);
    return;
  }
  for (const { pending, answer } of settlements) pending.answered.resolve(answer);
}
