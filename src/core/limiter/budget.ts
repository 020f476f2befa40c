import type { ConversationState } from '../../shared/conversationState.ts';
import { answererOf, askedAt } from '../../shared/conversationState.ts';
import { costOf, isDearer } from '../../shared/cost.ts';
import type { ModelPrice } from '../../shared/modelPrice.ts';
import type { RaisedLimits } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import type { Usage } from '../../shared/usage.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import type { BudgetNeed, Refusal, Reservation } from '../agent/reservation.ts';
import {
  type Amount,
  amountOf,
  fits,
  isPositive,
  maxPriceFactor,
  min,
  outputWithin,
  sum,
} from './budgetAmount.ts';
import { BudgetQueue } from './budgetQueue.ts';
import type { Booking, BudgetLimits } from './budgetRoom.ts';
import { BudgetRoom } from './budgetRoom.ts';
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
  readonly #room: BudgetRoom;
  readonly #state: RunState;
  readonly #bounds = new RequestBounds();
  readonly #waiting = new BudgetQueue<PlannedRequest, Reservation | Refusal>();
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
    this.#room = new BudgetRoom(limits, runLimits, state);
    this.#state = state;
    this.#onUnreported = onUnreported;
  }

  /**
   * Reserves the max cost of the request as soon as it fits. Resolves with the reason when it can never fit.
   * Rejects with the signal's reason.
   */
  reserve(request: PlannedRequest, signal: AbortSignal): Promise<Reservation | Refusal> {
    if (!this.#room.isLimited) return Promise.resolve(unlimited(request));
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
    const limit = conversation.limit ?? this.#room.nearest(conversation);
    return limit === undefined ? {} : this.#room.raise(limit, conversation);
  }

  /** A conversation has ended: the run's state now holds the cost of its aborted requests. */
  ended(index: number): void {
    this.#room.releaseAll(index);
    this.#pump();
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
    const own = this.#room.ofConversation(counted.whole);
    const left = this.#room.left();
    const planned = request.maxOutputTokens;
    const maxAmount = amountOf(input * this.#bounds.safetyFactorOf(counted), planned, price);
    if (fits(maxAmount, left) && fits(maxAmount, own)) return planned;
    const minOutput = Math.max(1, Math.min(planned, this.#bounds.usualOutput));
    const isOpen = isPositive(this.#room.unspent()) && isPositive(own);
    if (!isOpen) return 'never';
    if (this.#room.size > 0)
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
    const reached = isShortened ? this.#room.limitFor(wanted, counted.whole) : undefined;
    if (output === 'never') {
      return reached === undefined
        ? { reason: 'max_run_turns' }
        : { reason: 'budget', limit: reached };
    }
    const factor = output < request.maxOutputTokens ? 1 : this.#bounds.safetyFactorOf(counted);
    const amount = amountOf(input * factor, output, price);
    const booking = this.#room.book(request.index, amount);
    return {
      maxOutputTokens: output,
      ...(reached === undefined ? {} : { shortenedBy: reached }),
      confirm: () => this.#confirm(booking, amountOf(this.#bounds.inputOf(counted), output, price)),
      settle: (usage) => {
        if (!this.#room.release(booking)) return;
        if (usage !== undefined) {
          this.#bounds.learn(counted, input, usage);
          this.#countUnreported(usage, { amount: amountOf(input, output, price), price, model });
        }
        this.#pump();
      },
    };
  }

  #confirm(booking: Booking, now: Amount): boolean {
    if (!this.#room.has(booking) || this.#room.size === 1) return true;
    if (fits(now, booking.amount)) return true;
    if (!fits(now, sum(this.#room.left(), booking.amount))) return false;
    booking.amount = now;
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
      this.#room.addUnreported(amount.tokens - reported.tokens, amount.dollars - reported.dollars);
      this.#onUnreported(model);
    } else if (price !== undefined && isDearer(usage, price)) {
      this.#room.addUnreported(0, reported.dollars * (maxPriceFactor - 1));
    }
  }

  #counted({ index, within, agent, messages }: PlannedRequest): Counted {
    const whole = this.#state.conversations[index];
    const conversation = whole && askedAt(whole, within);
    if (whole === undefined || conversation === undefined)
      throw new RangeError(`there is no conversation ${index}`);
    return { agent, messages, conversation, whole };
  }
}

function unlimited({ maxOutputTokens }: PlannedRequest): Reservation {
  return { maxOutputTokens, confirm: () => true, settle: () => undefined };
}
