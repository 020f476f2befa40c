import type { Slot, WhenBlocked } from '../../../../src/core/agent/requestSlots.ts';
import type { PolicyOptions } from '../../../../src/core/limiter/admissionPolicy.ts';
import type { Concurrency } from '../../../../src/core/limiter/limiter.ts';
import { Limiter } from '../../../../src/core/limiter/limiter.ts';
import type { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { oneToken } from '../../../support/scriptedProvider.ts';

interface SlotRequest {
  readonly started?: boolean;
  readonly again?: boolean;
  readonly whenBlocked?: WhenBlocked;
  readonly concurrency?: Concurrency;
  readonly signal?: AbortSignal;
  /** The run it belongs to; by default always the same one. */
  readonly run?: object;
}

/** The run of requests that name none. */
export const ownRun = {};

/** Requests slots and records what happens to each request. */
export function harness(options: PolicyOptions = {}) {
  const clock = new ManualClock();
  const limiter = new Limiter(clock, options);
  const granted: { readonly name: string; readonly slot: Slot; readonly atMs: number }[] = [];
  const waits: string[] = [];
  const refused: string[] = [];
  const blocked: string[] = [];
  const recovered: string[] = [];
  limiter.onDidRecover(({ message }) => recovered.push(message));
  const ask = (name: string, asked: SlotRequest = {}) => {
    const { started = false, again = false } = asked;
    const { whenBlocked = 'pause', concurrency = 'auto' } = asked;
    const request = {
      started,
      isFirstOfAgent: !started,
      again,
      maxRefusals: 8,
      whenBlocked,
      onWait: (reason: string, forMs?: number) => {
        if (reason === 'blocked') blocked.push(`${name} ${limiter.block?.message}`);
        else waits.push(`${name} ${reason}${forMs === undefined ? '' : ` ${Math.round(forMs)}`}`);
      },
    };
    const signal = asked.signal ?? new AbortController().signal;
    limiter
      .slots(concurrency, asked.run ?? ownRun)
      .acquire(request, signal)
      .then((slot) => granted.push({ name, slot, atMs: clock.now() }))
      .catch((error: unknown) => refused.push(`${name} ${(error as Error).message}`));
  };
  const names = () => granted.map(({ name }) => name);
  const release = (name: string, failure?: ProviderError) => {
    const { slot } = granted.find((one) => one.name === name)!;
    slot.release(failure === undefined ? { usage: oneToken } : { failure });
  };
  return { clock, limiter, granted, waits, refused, blocked, recovered, ask, names, release };
}

/** So many names. */
export const many = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

/** Options that wait as long as necessary. */
export const waitingPolicy = {
  started: true,
  isFirstOfAgent: false,
  again: false,
  maxRefusals: 8,
  onWait: () => undefined,
  whenBlocked: 'pause' as const,
};

/** A server with continuous refill, as both vendors document, and a latency of `latencyMs`. */
export function bucketServer(clock: ManualClock, perMinute: number, burst: number) {
  let level = burst;
  let atMs = 0;
  return () => {
    level = Math.min(burst, level + ((clock.now() - atMs) * perMinute) / 60_000);
    atMs = clock.now();
    const accepted = level >= 1;
    if (accepted) level -= 1;
    const headers = new Map([
      ['anthropic-ratelimit-requests-limit', String(burst)],
      ['anthropic-ratelimit-requests-remaining', String(Math.floor(level))],
      ['anthropic-ratelimit-requests-reset', ''],
    ]);
    return {
      accepted,
      headers,
      retryAfterMs: Math.ceil((1 - level) / (perMinute / 60_000) / 1000) * 1000,
    };
  };
}
