import type { ConversationState } from '../../shared/conversationState.ts';
import type { BudgetLimit, RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import { type Amount, none, roundingUsd, sum } from './budgetAmount.ts';
import type { RunLimits } from './runLimits.ts';

/** The limits of one conversation; infinite where there is none. */
export interface BudgetLimits {
  readonly maxConversationCostUsd: number;
  /** Input and output tokens of one conversation; no limit when absent. */
  readonly maxConversationTokens?: number;
}

/** A reservation for one request in flight. */
export interface Booking {
  /** Index of its conversation. */
  readonly index: number;
  amount: Amount;
}

/** What a run and its conversations have spent, have reserved for requests in flight, and may still spend. */
export class BudgetRoom {
  readonly #limits: BudgetLimits;
  readonly #runLimits: RunLimits;
  readonly #state: RunState;
  readonly #bookings = new Set<Booking>();
  /** Max amount that requests may have cost beyond the usage that the server reported. */
  #unreported: Amount = none;

  /** `state` is live and only read here. */
  constructor(limits: BudgetLimits, runLimits: RunLimits, state: RunState) {
    this.#limits = limits;
    this.#runLimits = runLimits;
    this.#state = state;
  }

  /** Whether there is any limit. */
  get isLimited(): boolean {
    const { maxConversationCostUsd, maxConversationTokens = Number.POSITIVE_INFINITY } =
      this.#limits;
    const { turns, tokens, dollars } = this.#withinLimits(none);
    return [turns, tokens, dollars, maxConversationCostUsd, maxConversationTokens].some(
      Number.isFinite,
    );
  }

  /** Number of reservations. */
  get size(): number {
    return this.#bookings.size;
  }

  /** Reserves an amount until `release`. */
  book(index: number, amount: Amount): Booking {
    const booking = { index, amount };
    this.#bookings.add(booking);
    return booking;
  }

  /** Whether a reservation has not been released. */
  has(booking: Booking): boolean {
    return this.#bookings.has(booking);
  }

  /** Ends a reservation; false if it had ended already. */
  release(booking: Booking): boolean {
    return this.#bookings.delete(booking);
  }

  /** Ends all reservations of a conversation. */
  releaseAll(index: number): void {
    for (const booking of this.#bookings) if (booking.index === index) this.release(booking);
  }

  /** Counts what a request may have cost although the server did not report it. */
  addUnreported(tokens: number, dollars: number): void {
    const more = { turns: 0, tokens: Math.max(0, tokens), dollars: Math.max(0, dollars) };
    this.#unreported = sum(this.#unreported, more);
  }

  /** What the run may still spend if the requests in flight cost nothing. */
  unspent(): Amount {
    return this.#withinLimits(this.#spent());
  }

  /** What the run may still spend if each request in flight costs all that is reserved for it. */
  left(): Amount {
    let all = this.#spent();
    for (const { amount } of this.#bookings) all = sum(all, amount);
    return this.#withinLimits(all);
  }

  /** What a conversation may still spend by its own limits. */
  ofConversation(conversation: ConversationState): Amount {
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
  limitFor(
    { turns, tokens, dollars }: Amount,
    conversation: ConversationState,
  ): BudgetLimit | undefined {
    const own = this.ofConversation(conversation);
    const left = this.left();
    if (turns > left.turns) return undefined;
    if (dollars > own.dollars + roundingUsd) return 'maxConversationCostUsd';
    if (tokens > own.tokens) return 'maxConversationTokens';
    return tokens > left.tokens ? 'maxRunTokens' : 'maxCostUsd';
  }

  /** The limit of which the largest share is used; undefined without limits. */
  nearest(conversation: ConversationState): BudgetLimit | undefined {
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

  /**
   * Doubles a limit that stopped the conversation. A limit of the run that was raised since then stays: one raise
   * serves all conversations that it stopped.
   */
  raise(limit: BudgetLimit, conversation: ConversationState): RaisedLimits {
    if (isOfConversation(limit)) return { [limit]: 2 * this.#ownLimit(limit, conversation) };
    return this.#runLimits.raise(limit, conversation);
  }

  #ownLimit(name: keyof BudgetLimits, { raised }: ConversationState): number {
    return raised?.[name] ?? this.#limits[name] ?? Number.POSITIVE_INFINITY;
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
}

function isOfConversation(limit: BudgetLimit): limit is keyof BudgetLimits {
  return limit === 'maxConversationCostUsd' || limit === 'maxConversationTokens';
}
