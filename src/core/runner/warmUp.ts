import type { WaitReason } from '../../shared/wait.ts';
import type { AgentParts } from '../agent/agentSpec.ts';
import { cacheableTokens } from '../agent/promptPrefix.ts';
import type { RequestSlots, Slot, SlotRequest } from '../agent/requestSlots.ts';
import type { Clock } from '../base/clock.ts';
import type { Provider } from '../providers/provider.ts';
import type { RunPlan } from './runPlan.ts';

/** Max connections that are opened ahead. */
const maxPrepared = 64;

/** Max time that followers wait for the leader's response to begin, in ms. */
const patienceMs = 10_000;

/** Waits of the leader that its followers are told of. */
const tellingReasons: ReadonlySet<WaitReason> = new Set(['rate_limit', 'offline', 'blocked']);

/** Why the leader's request is not sent yet, and until when, where that is known. */
interface Held {
  readonly reason: WaitReason;
  readonly untilMs?: number;
}

/**
 * Sends the first of the requests that begin with the same prefix ahead, so that the others find the prefix that they share in the
 * provider's prompt cache. An entry is there once the first response has begun (Anthropic's documentation of
 * prompt caching; OpenAI's cache behaves alike). When the leader fails before that, the next one leads.
 */
export class WarmUp {
  readonly #clock: Clock;
  readonly #prepare: (count: number) => void;
  /** Undefined while the cache is cold. */
  #state: 'leading' | 'warm' | undefined;
  #held: Held | undefined;
  /** The requests that wait for the leader, by the function that lets them go. */
  readonly #followers = new Map<() => void, SlotRequest>();

  /** `prepare` is called with the number of requests that will follow the leader's. */
  constructor(clock: Clock, prepare: (count: number) => void = () => undefined) {
    this.#clock = clock;
    this.#prepare = prepare;
  }

  /** The slots of the conversations that share the prefix. */
  slots(inner: RequestSlots): RequestSlots {
    return {
      acquire: (request, signal) =>
        !request.isFirstOfAgent || this.#state === 'warm'
          ? inner.acquire(request, signal)
          : this.#acquireFirst(inner, request, signal),
    };
  }

  async #acquireFirst(
    inner: RequestSlots,
    request: SlotRequest,
    signal: AbortSignal,
  ): Promise<Slot> {
    while (this.#state === 'leading') {
      this.#tell(request);
      await this.#turnToGo(request, signal);
    }
    if (this.#state === 'warm') return inner.acquire(request, signal);
    this.#state = 'leading';
    try {
      return this.#leaderSlot(await this.#acquireLeading(inner, request, signal));
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  /** What the leader waits for, its followers wait for. */
  async #acquireLeading(
    inner: RequestSlots,
    request: SlotRequest,
    signal: AbortSignal,
  ): Promise<Slot> {
    const onWait: SlotRequest['onWait'] = (reason, forMs) => {
      request.onWait(reason, forMs);
      if (tellingReasons.has(reason)) this.#hold(reason, forMs);
    };
    try {
      return await inner.acquire({ ...request, onWait }, signal);
    } finally {
      if (this.#held !== undefined) this.#release();
    }
  }

  #hold(reason: WaitReason, forMs?: number): void {
    const end = forMs === undefined ? {} : { untilMs: this.#clock.now() + forMs };
    this.#held = { reason, ...end };
    for (const follower of this.#followers.values()) this.#tell(follower);
  }

  #release(): void {
    this.#held = undefined;
    for (const follower of this.#followers.values()) this.#tell(follower);
  }

  /** Tells a follower what it waits for: the leader's response, or what the leader waits for. */
  #tell({ onWait }: SlotRequest): void {
    const { reason, untilMs }: Held = this.#held ?? { reason: 'warm_up' };
    if (untilMs === undefined) onWait(reason);
    else onWait(reason, Math.max(0, untilMs - this.#clock.now()));
  }

  #leaderSlot(slot: Slot): Slot {
    // Behind a server that says nothing the cache is not worth the wait.
    const patience = this.#clock.after(patienceMs, () => this.#warm());
    // Deferred: conversations that were started with the leader have not come this far.
    const preparation = this.#clock.after(0, () => {
      if (this.#followers.size > 0) this.#prepare(this.#followers.size);
    });
    return {
      onHead: (status, header) => slot.onHead(status, header),
      onBegin: () => {
        slot.onBegin();
        patience.dispose();
        this.#warm();
      },
      release: (end) => {
        const released = slot.release(end);
        patience.dispose();
        preparation.dispose();
        this.#giveUp();
        return released;
      },
    };
  }

  #warm(): void {
    this.#state = 'warm';
    const followers = [...this.#followers.keys()];
    this.#followers.clear();
    for (const go of followers) go();
  }

  /** The leader ended without a response: a follower takes its place. */
  #giveUp(): void {
    if (this.#state === 'warm') return;
    this.#state = undefined;
    const [next] = this.#followers.keys();
    if (next === undefined) return;
    this.#followers.delete(next);
    next();
  }

  #turnToGo(request: SlotRequest, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#followers.delete(go);
        reject(signal.reason);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#followers.set(go, request);
    });
  }
}

/**
 * The warm-ups of a run: one for each prefix at a provider and model. Agents that conversations come to by a hand-over
 * or a question have theirs from the first request on.
 */
export class WarmUps {
  readonly #isOn: boolean;
  readonly #most: number;
  readonly #clock: Clock;
  readonly #byProvider = new Map<Provider, Map<string, WarmUp>>();

  constructor({ agent, warmUpCache }: Pick<RunPlan, 'agent' | 'warmUpCache'>, clock: Clock) {
    this.#isOn = warmUpCache && agent.mode !== 'serial';
    this.#most = typeof agent.concurrency === 'number' ? agent.concurrency : maxPrepared;
    this.#clock = clock;
  }

  /** The slots of an agent's requests, which wait for its warm-up where it has one. */
  slots({ provider, spec, prefix }: WarmedAgent, inner: RequestSlots): RequestSlots {
    if (!this.#isOn || prefix.tokens < cacheableTokens) return inner;
    const known = this.#byProvider.get(provider) ?? new Map<string, WarmUp>();
    this.#byProvider.set(provider, known);
    const key = JSON.stringify([spec.model, prefix.key]);
    const warmUp = known.get(key) ?? this.#warmUpAt(provider);
    known.set(key, warmUp);
    return warmUp.slots(inner);
  }

  #warmUpAt(provider: Provider): WarmUp {
    return new WarmUp(this.#clock, (count) => provider.prepare?.(Math.min(count, this.#most)));
  }
}

type WarmedAgent = Pick<AgentParts, 'provider' | 'spec' | 'prefix'>;
