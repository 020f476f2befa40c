import type { Usage } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { answererOf, askedAt } from '../../shared/conversationState.ts';
import { costOf, isDearer } from '../../shared/cost.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { BudgetLimit, RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { BudgetNeed, Refusal, Reservation } from '../agent/reservation.ts';
import {
  type Amount,
  amountOf,
  fits,
  isPositive,
  maxPriceFactor,
  min,
  none,
  outputWithin,
  roundingUsd,
  sum,
} from './budgetAmount.ts';
import { BudgetQueue } from './budgetQueue.ts';
import type { CountedRequest } from './requestBound.ts';
import { RequestBounds } from './requestBound.ts';
import type { RunLimits } from './runLimits.ts';

/** A request that is about to be sent, with its conversation and agent. */
export interface PlannedRequest extends BudgetNeed {
  /** Index of its conversation. */
  readonly index: number;
  readonly agent: AgentParts;
  /** The calls that lead to the nested conversation that it belongs to; empty when it belongs to none. */
  readonly within?: readonly string[];
}

/** The limits of one conversation; infinite where there is none. */
export interface BudgetLimits {
  readonly maxConversationCostUsd: number;
  /** Input and output tokens of one conversation; no limit when absent. */
  readonly maxConversationTokens?: number;
}

/** A request with its conversation, and with the one around it if it is nested. */
interface Counted extends CountedRequest {
  readonly conversation: ConversationState;
  readonly whole: ConversationState;
}

/** The tokens that a request needs, and what its conversation may still use. */
interface Want {
  readonly input: number;
  readonly planned: number;
  /** Min output, in tokens, for which the request is worth sending. */
  readonly minOutput: number;
  readonly own: Amount;
  readonly price: ModelPrice | undefined;
}

/**
 * Keeps a run within its limits on cost, tokens and turns. It reserves the max cost of each request in flight, so
 * that no request exceeds a limit, in whatever order requests end. A request that does not fit waits for those in
 * flight. When none is in flight and it still does not fit, its answer may only be as long as the rest allows.
 * If that is too short to be useful, the request is not sent.
 */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #runLimits: RunLimits;
  readonly #state: RunState;
  readonly #bounds = new RequestBounds();
  readonly #reserved = new Map<object, { readonly index: number; readonly amount: Amount }>();
  readonly #waiting = new BudgetQueue<PlannedRequest, Reservation | Refusal>();
  /** Max amount that requests may have cost beyond the usage that the server reported. */
  #unreported: Amount = none;
  readonly #onUnreported: (model: string) => void;

  /** `state` is live and only read here. `onUnreported` is called for each model that does not report usage. */
  constructor(
    limits: BudgetLimits,
    runLimits: RunLimits,
    {
      state,
      onUnreported,
    }: { readonly state: RunState; readonly onUnreported: (model: string) => void },
  ) {
    this.#limits = limits;
    this.#runLimits = runLimits;
    this.#state = state;
    this.#onUnreported = onUnreported;
  }

  /**
   * Reserves the max cost of the request as soon as it fits. Resolves with the reason when it can never fit.
   * Rejects with the signal's reason.
   */
  reserve(request: PlannedRequest, signal: AbortSignal): Promise<Reservation | Refusal> {
    if (!this.#isLimited) return Promise.resolve(unlimited(request));
    const verdict = this.#waiting.isBehind(request) ? 'wait' : this.#judge(request);
    if (verdict !== 'wait') return Promise.resolve(this.#book(request, verdict));
    request.onWait();
    return this.#waiting.add(request, signal, () => this.#pump());
  }

  /**
   * Doubles the limit that stopped the conversation. A limit of the run that was raised since then stays: one
   * raise serves all conversations that it stopped.
   */
  raise(conversation: ConversationState): RaisedLimits {
    // Runs of earlier versions do not say which one it was.
    const limit = conversation.limit ?? this.#nearest(conversation);
    if (limit === undefined) return {};
    if (isOfConversation(limit)) return { [limit]: 2 * this.#ownLimit(limit, conversation) };
    return this.#runLimits.raise(limit, conversation);
  }

  /** The limit of which the largest share is used. */
  #nearest(conversation: ConversationState): BudgetLimit | undefined {
    const { cost, usage } = conversation;
    const { tokens, dollars } = this.#spent();
    const used = [
      ['maxConversationCostUsd', cost.knownCostUsd],
      ['maxConversationTokens', usage.inputTokens + usage.outputTokens],
      ['maxRunTokens', tokens],
      ['maxCostUsd', dollars],
    ] as const;
    const shares = used.map(([name, amount]) => {
      const limit = isOfConversation(name)
        ? this.#ownLimit(name, conversation)
        : this.#runLimits.of(name);
      return { name, share: Number.isFinite(limit) ? amount / limit : -1 };
    });
    const [first] = shares.toSorted((a, b) => b.share - a.share);
    return first === undefined || first.share < 0 ? undefined : first.name;
  }

  #ownLimit(name: keyof BudgetLimits, { raised }: ConversationState): number {
    return raised?.[name] ?? this.#limits[name] ?? Number.POSITIVE_INFINITY;
  }

  /** A conversation has ended: the run's state now holds the cost of its aborted requests. */
  ended(index: number): void {
    for (const [key, { index: own }] of this.#reserved)
      if (own === index) this.#reserved.delete(key);
    this.#pump();
  }

  get #isLimited(): boolean {
    const { maxConversationCostUsd, maxConversationTokens = Number.POSITIVE_INFINITY } =
      this.#limits;
    const { turns, tokens, dollars } = this.#withinLimits(none);
    return [turns, tokens, dollars, maxConversationCostUsd, maxConversationTokens].some(
      Number.isFinite,
    );
  }

  /** Settles, in order, the waiters that fit now and those that can never fit. */
  #pump(): void {
    for (const { request, go } of this.#waiting) {
      const verdict = this.#judge(request);
      if (verdict === 'wait') return;
      go(this.#book(request, verdict));
    }
  }

  /** Output tokens that the request may have now; `never` when it can never be sent. */
  #judge(request: PlannedRequest): number | 'wait' | 'never' {
    const counted = this.#counted(request);
    const { price } = answererOf(counted.conversation);
    const input = this.#bounds.inputOf(counted);
    const own = this.#roomOfConversation(counted.whole);
    const left = this.#left();
    const planned = request.maxOutputTokens;
    const maxAmount = amountOf(input * this.#bounds.safetyFactorOf(counted), planned, price);
    if (fits(maxAmount, left) && fits(maxAmount, own)) return planned;
    const minOutput = Math.max(1, Math.min(planned, this.#bounds.usualOutput));
    const isOpen = isPositive(this.#withinLimits(this.#spent())) && isPositive(own);
    if (!isOpen) return 'never';
    if (this.#reserved.size > 0)
      return this.#judgeBeside({ input, planned, minOutput, own, price }, left);
    const output = Math.min(planned, outputWithin(min(left, own), input, price));
    return output >= minOutput ? output : 'never';
  }

  /**
   * The same while requests are in flight. They may cost less than their reservations, so waiting for them can
   * help; it does not help against the conversation's own limit.
   */
  #judgeBeside(
    { input, planned, minOutput, own, price }: Want,
    left: Amount,
  ): number | 'wait' | 'never' {
    const output = Math.min(planned, outputWithin(own, input, price));
    if (output < minOutput) return 'never';
    return output < planned && fits(amountOf(input, output, price), left) ? output : 'wait';
  }

  #book(request: PlannedRequest, output: number | 'never'): Reservation | Refusal {
    const counted = this.#counted(request);
    const { price, model } = answererOf(counted.conversation);
    const input = this.#bounds.inputOf(counted);
    const isShortened = output !== request.maxOutputTokens;
    const wanted = amountOf(input, request.maxOutputTokens, price);
    const reached = isShortened ? this.#limitFor(wanted, counted.whole) : undefined;
    if (output === 'never')
      return reached === undefined
        ? { reason: 'max_run_turns' }
        : { reason: 'budget', limit: reached };
    const factor = output < request.maxOutputTokens ? 1 : this.#bounds.safetyFactorOf(counted);
    const key = {};
    const amount = amountOf(input * factor, output, price);
    this.#reserved.set(key, { index: request.index, amount });
    return {
      maxOutputTokens: output,
      ...(reached === undefined ? {} : { shortenedBy: reached }),
      confirm: () => this.#confirm(key, amountOf(this.#bounds.inputOf(counted), output, price)),
      settle: (usage) => {
        if (!this.#reserved.delete(key)) return;
        if (usage !== undefined) {
          this.#bounds.learn(counted, input, usage);
          this.#countUnreported(usage, { amount: amountOf(input, output, price), price, model });
        }
        this.#pump();
      },
    };
  }

  #confirm(key: object, now: Amount): boolean {
    const booked = this.#reserved.get(key);
    if (booked === undefined || this.#reserved.size === 1) return true;
    if (fits(now, booked.amount)) return true;
    const left = this.#left();
    if (!fits(now, sum(left, booked.amount))) return false;
    this.#reserved.set(key, { ...booked, amount: now });
    return true;
  }

  /** Counts unreported usage, and usage above the list price, with its maximum. */
  #countUnreported(
    usage: Usage,
    { amount, price, model }: { amount: Amount; price: ModelPrice | undefined; model: string },
  ): void {
    const reported = {
      tokens: usage.inputTokens + usage.outputTokens,
      dollars: price === undefined ? 0 : costOf(usage, price),
    };
    if (usage.incomplete) {
      this.#addUnreported(amount.tokens - reported.tokens, amount.dollars - reported.dollars);
      this.#onUnreported(model);
    } else if (price !== undefined && isDearer(usage, price)) {
      this.#addUnreported(0, reported.dollars * (maxPriceFactor - 1));
    }
  }

  #addUnreported(tokens: number, dollars: number): void {
    const more = { turns: 0, tokens: Math.max(0, tokens), dollars: Math.max(0, dollars) };
    this.#unreported = sum(this.#unreported, more);
  }

  #counted({ index, within, agent, messages }: PlannedRequest): Counted {
    const whole = this.#state.conversations[index];
    const conversation = whole && askedAt(whole, within);
    if (whole === undefined || conversation === undefined)
      throw new RangeError(`there is no conversation ${index}`);
    return { agent, messages, conversation, whole };
  }

  #spent(): Amount {
    const { turns, usage, knownCostUsd } = this.#state;
    const tokens = usage.inputTokens + usage.outputTokens;
    return sum({ turns, tokens, dollars: knownCostUsd }, this.#unreported);
  }

  #withinLimits({ turns, tokens, dollars }: Amount): Amount {
    return {
      turns: this.#runLimits.of('maxRunTurns') - turns,
      tokens: this.#runLimits.of('maxRunTokens') - tokens,
      dollars: this.#runLimits.of('maxCostUsd') - dollars,
    };
  }

  #left(): Amount {
    let all = this.#spent();
    for (const { amount } of this.#reserved.values()) all = sum(all, amount);
    return this.#withinLimits(all);
  }

  #roomOfConversation(conversation: ConversationState): Amount {
    const { cost, usage } = conversation;
    const tokens = this.#ownLimit('maxConversationTokens', conversation);
    const dollars = this.#ownLimit('maxConversationCostUsd', conversation);
    return {
      turns: Number.POSITIVE_INFINITY,
      tokens: tokens - usage.inputTokens - usage.outputTokens,
      dollars: dollars - cost.knownCostUsd,
    };
  }

  /** The limit on cost or tokens that leaves no room for so much; undefined when it is that on turns. */
  #limitFor(
    { turns, tokens, dollars }: Amount,
    conversation: ConversationState,
  ): BudgetLimit | undefined {
    const own = this.#roomOfConversation(conversation);
    const left = this.#left();
    if (turns > left.turns) return undefined;
    if (dollars > own.dollars + roundingUsd) return 'maxConversationCostUsd';
    if (tokens > own.tokens) return 'maxConversationTokens';
    return tokens > left.tokens ? 'maxRunTokens' : 'maxCostUsd';
  }
}

function isOfConversation(limit: BudgetLimit): limit is keyof BudgetLimits {
  return limit === 'maxConversationCostUsd' || limit === 'maxConversationTokens';
}

function unlimited({ maxOutputTokens }: PlannedRequest): Reservation {
  return { maxOutputTokens, confirm: () => true, settle: () => undefined };
}
