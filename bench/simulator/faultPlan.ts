import { pick, shuffled } from '../workload/hash.ts';
import { requestsPerConversation } from '../workload/workload.ts';
import type { FaultKind, FaultSettings } from './settings.ts';

/** Decides which requests fail, and how. Deterministic for the same settings and seed. */
export interface FaultPlan {
  /** `turn` and `attempt` count from 0. */
  faultFor(conversation: number, turn: number, attempt: number): FaultKind | undefined;
}

export function createFaultPlan(settings: FaultSettings | undefined, seed: number): FaultPlan {
  if (settings === undefined) return { faultFor: () => undefined };
  return settings.per === 'conversation'
    ? onePerConversation(settings, seed)
    : drawn(settings, seed);
}

/** Gives each kind its exact share of conversations, in an order chosen by the seed. */
function onePerConversation(
  { rate, kinds, conversations }: FaultSettings,
  seed: number,
): FaultPlan {
  const share = Math.round(rate * conversations);
  const order = shuffled(conversations, seed);
  const planned = new Map<number, { readonly turn: number; readonly kind: FaultKind }>();
  for (const [place, kind] of kinds.entries()) {
    for (const conversation of order.slice(place * share, (place + 1) * share)) {
      planned.set(conversation, { turn: pick(requestsPerConversation, seed, conversation), kind });
    }
  }
  return {
    faultFor: (conversation, turn, attempt) => {
      const fault = planned.get(conversation);
      return attempt === 0 && fault?.turn === turn ? fault.kind : undefined;
    },
  };
}

function drawn({ rate, kinds }: FaultSettings, seed: number): FaultPlan {
  return {
    faultFor: (conversation, turn, attempt) => {
      const chance = pick(1_000_000, seed, conversation, turn, attempt) / 1_000_000;
      return kinds[Math.floor(chance / rate)];
    },
  };
}
