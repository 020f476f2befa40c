import type { Usage } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { answererOf, askedAt } from '../../shared/conversationState.ts';
import { costOf, isDearer } from '../../shared/cost.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { RaisableLimit, RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { BudgetNeed, Reservation } from '../agent/reservation.ts';
import type { CountedRequest } from './requestBound.ts';
import { RequestBounds } from './requestBound.ts';

/** A request that is about to be sent, with its conversation and agent. */
export interface PlannedRequest extends BudgetNeed {
  /** Index of its conversation. */
  readonly index: number;
  readonly agent: AgentParts;
  /** The calls that lead to the nested conversation that it belongs to; empty when it belongs to none. */
  readonly within?: readonly string[];
}

/** The limits of a run; infinite where there is none. */
export interface BudgetLimits {
  readonly maxCostUsd: number;
  readonly maxConversationCostUsd: number;
  /** Input and output tokens of all conversations. */
  readonly maxRunTokens?: number;
}

type BudgetLimit = keyof BudgetLimits & RaisableLimit;

interface Amount {
  readonly tokens: number;
  readonly dollars: number;
}

/** A request with its conversation, and with the one around it if it is nested. */
interface Counted extends CountedRequest {
  readonly conversation: ConversationState;
  readonly whole: ConversationState;
}

interface Waiter {
  readonly request: PlannedRequest;
  readonly go: (reservation: Reservation | undefined) => void;
}

/** What a request asks for, in tokens, and what its conversation may still cost. */
interface Want {
  readonly input: number;
  readonly planned: number;
  /** Min output for which it is worth sending. */
  readonly least: number;
  readonly own: number;
  readonly price: ModelPrice | undefined;
}

/** Vendors charge at most this many times the list price for a long request or another tier. */
const maxPriceFactor = 2;

/**
 * Keeps a run within its limits on cost and tokens. It reserves the max cost of each request in flight, so
 * that no limit is overshot, in whatever order requests end. A request that does not fit waits for those in
 * flight. When none is in flight and it still does not fit, it gets room for a shorter answer or is not sent.
 */
export class Budget {
  #limits: BudgetLimits;
  /** The limit that left no room for a conversation's last request, by its index. */
  readonly #reached = new Map<number, BudgetLimit>();
  /** When limits of the run were raised, in ms since its start. */
  readonly #raisedAtMs = new Map<BudgetLimit, number>();
  readonly #state: RunState;
  readonly #bounds = new RequestBounds();
  readonly #reserved = new Map<object, { readonly index: number; readonly amount: Amount }>();
  readonly #begun = new Set<Waiter>();
  readonly #fresh = new Set<Waiter>();
  /** What requests may have cost beyond the usage that the server told. */
  #untold: Amount = { tokens: 0, dollars: 0 };
  readonly #onUntold: (model: string) => void;

  /** `state` is live: read, never changed. `onUntold` is called with models that do not tell their usage. */
  constructor(limits: BudgetLimits, state: RunState, onUntold: (model: string) => void) {
    this.#limits = limits;
    this.#state = state;
    for (const { raised } of state.conversations) if (raised !== undefined) this.#apply(raised);
    this.#onUntold = onUntold;
  }

  /**
   * Reserves the max cost of the request, as soon as it fits. Resolves with undefined when it never will;
   * rejects with the signal's reason.
   */
  reserve(request: PlannedRequest, signal: AbortSignal): Promise<Reservation | undefined> {
    if (!this.#isLimited) return Promise.resolve(unlimited(request));
    const others = request.started ? this.#begun : this.#all();
    const verdict = others.size === 0 ? this.#judge(request) : 'wait';
    if (verdict !== 'wait') return Promise.resolve(this.#book(request, verdict));
    request.onWait();
    return this.#queue(request, signal);
  }

  /**
   * Doubles the limit that stopped the conversation. A limit of the run that was raised since then stays: one
   * raise serves all conversations that it stopped.
   */
  raise(conversation: ConversationState): RaisedLimits {
    const { index, raised: own, endMs = 0 } = conversation;
    const limit = this.#reached.get(index) ?? this.#nearest(conversation);
    if (limit === undefined) return {};
    if (limit === 'maxConversationCostUsd') {
      return { [limit]: 2 * (own?.[limit] ?? this.#limits.maxConversationCostUsd) };
    }
    if ((this.#raisedAtMs.get(limit) ?? -1) >= endMs) return {};
    const raised = { [limit]: 2 * (this.#limits[limit] ?? Number.POSITIVE_INFINITY) };
    this.#apply(raised);
    this.#raisedAtMs.set(limit, this.#state.atMs);
    return raised;
  }

  #apply({ maxCostUsd, maxRunTokens }: RaisedLimits): void {
    const { maxCostUsd: cost, maxRunTokens: tokens } = this.#limits;
    this.#limits = {
      ...this.#limits,
      ...(maxCostUsd === undefined ? {} : { maxCostUsd: Math.max(cost, maxCostUsd) }),
      ...(maxRunTokens === undefined ? {} : { maxRunTokens: Math.max(tokens ?? 0, maxRunTokens) }),
    };
  }

  /** The limit that is used up most. */
  #nearest({ cost, raised }: ConversationState): BudgetLimit | undefined {
    const { maxCostUsd, maxRunTokens = Number.POSITIVE_INFINITY } = this.#limits;
    const own = raised?.maxConversationCostUsd ?? this.#limits.maxConversationCostUsd;
    const { tokens, dollars } = this.#spent();
    const shares = [
      ['maxConversationCostUsd', cost.knownCostUsd / own, own],
      ['maxRunTokens', tokens / maxRunTokens, maxRunTokens],
      ['maxCostUsd', dollars / maxCostUsd, maxCostUsd],
    ] as const;
    const finite = shares.filter(([, , limit]) => Number.isFinite(limit));
    return finite.toSorted(([, a], [, b]) => b - a)[0]?.[0];
  }

  /** A conversation has ended: the run's state now holds the cost of its aborted requests. */
  ended(index: number): void {
    for (const [key, { index: own }] of this.#reserved)
      if (own === index) this.#reserved.delete(key);
    this.#pump();
  }

  get #isLimited(): boolean {
    const { maxCostUsd, maxConversationCostUsd, maxRunTokens } = this.#limits;
    const limits = [maxCostUsd, maxConversationCostUsd, maxRunTokens ?? Number.POSITIVE_INFINITY];
    return limits.some(Number.isFinite);
  }

  #all(): ReadonlySet<Waiter> {
    return this.#begun.size > 0 ? this.#begun : this.#fresh;
  }

  #queue(request: PlannedRequest, signal: AbortSignal): Promise<Reservation | undefined> {
    return new Promise((resolve, reject) => {
      const line = request.started ? this.#begun : this.#fresh;
      const onAbort = (): void => {
        line.delete(waiter);
        reject(signal.reason);
        this.#pump();
      };
      const go = (reservation: Reservation | undefined): void => {
        signal.removeEventListener('abort', onAbort);
        line.delete(waiter);
        resolve(reservation);
      };
      const waiter: Waiter = { request, go };
      line.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Settles the waiters that fit now, in their order, and those that never will. */
  #pump(): void {
    for (const line of [this.#begun, this.#fresh]) {
      for (const waiter of line) {
        const verdict = this.#judge(waiter.request);
        if (verdict === 'wait') return;
        waiter.go(this.#book(waiter.request, verdict));
      }
    }
  }

  /** Tokens of output that the request may have now; `never` when it can never be sent. */
  #judge(request: PlannedRequest): number | 'wait' | 'never' {
    const counted = this.#counted(request);
    const { price } = answererOf(counted.conversation);
    const input = this.#bounds.inputOf(counted);
    const own = this.#roomOfConversation(counted.whole);
    const left = this.#left();
    const planned = request.maxOutputTokens;
    const sure = amountOf(input * this.#bounds.doubtOf(counted), planned, price);
    if (fits(sure, left) && sure.dollars <= own) return planned;
    const least = Math.max(1, Math.min(planned, this.#bounds.usualOutput));
    const isOpen = isPositive(this.#withinLimits(this.#spent())) && own > 0;
    if (!isOpen) return 'never';
    if (this.#reserved.size > 0)
      return this.#judgeBeside({ input, planned, least, own, price }, left);
    const room = { tokens: left.tokens, dollars: Math.min(left.dollars, own) };
    const output = Math.min(planned, outputWithin(room, input, price));
    return output >= least ? output : 'never';
  }

  /** Requests in flight may cost less than is reserved for them, but the conversation's own limit stays. */
  #judgeBeside(
    { input, planned, least, own, price }: Want,
    left: Amount,
  ): number | 'wait' | 'never' {
    const max = outputWithin({ tokens: Number.POSITIVE_INFINITY, dollars: own }, input, price);
    const output = Math.min(planned, max);
    if (output < least) return 'never';
    return output < planned && fits(amountOf(input, output, price), left) ? output : 'wait';
  }

  #book(request: PlannedRequest, output: number | 'never'): Reservation | undefined {
    const counted = this.#counted(request);
    const { price, model } = answererOf(counted.conversation);
    const input = this.#bounds.inputOf(counted);
    if (output !== request.maxOutputTokens)
      this.#reached.set(
        request.index,
        this.#limitFor(amountOf(input, request.maxOutputTokens, price), counted.whole),
      );
    if (output === 'never') return undefined;
    const doubt = output < request.maxOutputTokens ? 1 : this.#bounds.doubtOf(counted);
    const key = {};
    const amount = amountOf(input * doubt, output, price);
    this.#reserved.set(key, { index: request.index, amount });
    return {
      maxOutputTokens: output,
      confirm: () => this.#confirm(key, amountOf(this.#bounds.inputOf(counted), output, price)),
      settle: (usage) => {
        if (!this.#reserved.delete(key)) return;
        if (usage !== undefined) {
          this.#bounds.learn(counted, input, usage);
          this.#countUntold(usage, { amount: amountOf(input, output, price), price, model });
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
    const { tokens, dollars } = booked.amount;
    if (!fits(now, { tokens: left.tokens + tokens, dollars: left.dollars + dollars })) return false;
    this.#reserved.set(key, { ...booked, amount: now });
    return true;
  }

  /** Usage that was not told, or has a higher price than the list, counts with its maximum. */
  #countUntold(
    usage: Usage,
    { amount, price, model }: { amount: Amount; price: ModelPrice | undefined; model: string },
  ): void {
    const told = {
      tokens: usage.inputTokens + usage.outputTokens,
      dollars: price === undefined ? 0 : costOf(usage, price),
    };
    if (usage.incomplete) {
      this.#addUntold(amount.tokens - told.tokens, amount.dollars - told.dollars);
      this.#onUntold(model);
    } else if (price !== undefined && isDearer(usage, price)) {
      this.#addUntold(0, told.dollars * (maxPriceFactor - 1));
    }
  }

  #addUntold(tokens: number, dollars: number): void {
    const { tokens: before, dollars: cost } = this.#untold;
    this.#untold = { tokens: before + Math.max(0, tokens), dollars: cost + Math.max(0, dollars) };
  }

  #counted({ index, within, agent, messages }: PlannedRequest): Counted {
    const whole = this.#state.conversations[index];
    const conversation = whole && askedAt(whole, within);
    if (whole === undefined || conversation === undefined)
      throw new RangeError(`there is no conversation ${index}`);
    return { agent, messages, conversation, whole };
  }

  #spent(): Amount {
    const { usage, knownCostUsd } = this.#state;
    return {
      tokens: usage.inputTokens + usage.outputTokens + this.#untold.tokens,
      dollars: knownCostUsd + this.#untold.dollars,
    };
  }

  #withinLimits({ tokens, dollars }: Amount): Amount {
    const { maxCostUsd, maxRunTokens = Number.POSITIVE_INFINITY } = this.#limits;
    return { tokens: maxRunTokens - tokens, dollars: maxCostUsd - dollars };
  }

  #left(): Amount {
    let { tokens, dollars } = this.#spent();
    for (const { amount } of this.#reserved.values()) {
      tokens += amount.tokens;
      dollars += amount.dollars;
    }
    return this.#withinLimits({ tokens, dollars });
  }

  #roomOfConversation({ cost, raised }: ConversationState): number {
    const max = raised?.maxConversationCostUsd ?? this.#limits.maxConversationCostUsd;
    return max - cost.knownCostUsd;
  }

  /** The limit that leaves no room for so much. */
  #limitFor({ tokens, dollars }: Amount, conversation: ConversationState): BudgetLimit {
    if (dollars > this.#roomOfConversation(conversation)) return 'maxConversationCostUsd';
    return tokens > this.#left().tokens ? 'maxRunTokens' : 'maxCostUsd';
  }
}

/** Rounding of sums of dollars: a limit that is met exactly is no overshoot. */
const roundingUsd = 1e-9;

function isPositive({ tokens, dollars }: Amount): boolean {
  return tokens > 0 && dollars > roundingUsd;
}

function fits({ tokens, dollars }: Amount, left: Amount): boolean {
  return tokens <= left.tokens && dollars <= left.dollars + roundingUsd;
}

function amountOf(input: number, output: number, price: ModelPrice | undefined): Amount {
  const tokens = input + output;
  if (price === undefined) return { tokens, dollars: 0 };
  const { inputUsd, outputUsd } = ratesOf(input, price);
  return { tokens, dollars: input * inputUsd + output * outputUsd };
}

/** Tokens of output that still fit beside this input; less than 1 when none do. */
function outputWithin(room: Amount, input: number, price: ModelPrice | undefined): number {
  const tokens = room.tokens - input;
  if (price === undefined) return Math.floor(tokens);
  const { inputUsd, outputUsd } = ratesOf(input, price);
  const dollars = room.dollars + roundingUsd - input * inputUsd;
  if (dollars < 0) return 0;
  const affordable = outputUsd === 0 ? Number.POSITIVE_INFINITY : dollars / outputUsd;
  return Math.floor(Math.min(tokens, affordable));
}

/** Max dollars for one token. */
function ratesOf(input: number, { dearerAbove, ...price }: ModelPrice) {
  const times = dearerAbove !== undefined && input > dearerAbove ? maxPriceFactor : 1;
  const dearest = Math.max(price.input, price.cacheRead, price.cacheWrite);
  return { inputUsd: (times * dearest) / 1e6, outputUsd: (times * price.output) / 1e6 };
}

function unlimited({ maxOutputTokens }: PlannedRequest): Reservation {
  return { maxOutputTokens, confirm: () => true, settle: () => undefined };
}
