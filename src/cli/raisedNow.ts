import type { LimitValues } from '../core/base/limits.ts';
import { limits } from '../core/base/limits.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { limitsOfReason } from '../shared/continuing.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import type { RaisableLimit, RaisedLimits } from '../shared/raisedLimits.ts';
import type { RunState } from '../shared/runState.ts';

/**
 * The limits given now that let the conversation go on: those behind the reason that stopped it, where they are
 * higher than they were. None for a conversation that no limit stopped.
 */
export function raisedNow(
  conversation: ConversationState,
  { prompts, settings }: RunRequest,
  given: Partial<LimitValues>,
): RaisedLimits {
  if (conversation.phase !== 'stopped') return {};
  const { maxTurns, timeout } = prompts[conversation.index]?.options ?? {};
  const before: { readonly [L in RaisableLimit]?: number | undefined } = {
    ...settings.limits,
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
    ...conversation.raised,
  };
  const higher = limitsOfReason(conversation.reason).flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    const now = value === 0 ? limits[name].maximum : value;
    // Zero means that there was no limit.
    return now > (before[name] || Number.POSITIVE_INFINITY) ? [[name, now]] : [];
  });
  return Object.fromEntries(higher);
}

/** Options of `interleave resume` that raise what stopped conversations: `--limit toolCalls=200`; empty for none. */
export function optionsToRaise(
  { conversations }: Pick<RunState, 'conversations'>,
  { settings }: RunRequest,
): string {
  const values = new Map<RaisableLimit, number>();
  for (const { phase, reason, raised } of conversations) {
    if (phase !== 'stopped') continue;
    for (const name of limitsOfReason(reason)) {
      const value = raised?.[name] ?? settings.limits[name];
      if (value > 0) values.set(name, Math.max(values.get(name) ?? 0, 2 * value));
    }
  }
  const options = [...values].map(([name, value]) =>
    limitFlag(name).replace(/N$/, String(Math.min(value, limits[name].maximum))),
  );
  return options.join(' ');
}
