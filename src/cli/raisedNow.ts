import type { LimitValues } from '../core/base/limits.ts';
import { limits } from '../core/base/limits.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import { limitsReached } from '../shared/continuing.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import type { RaisableLimit, RaisedLimits } from '../shared/raisedLimits.ts';
import type { RunState } from '../shared/runState.ts';

/**
 * The given limits that let a stopped conversation continue: those that can have stopped it, if their given value is
 * higher than before. Empty for a conversation that no limit stopped.
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
  const higher = limitsReached(conversation).flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    const now = value === 0 ? limits[name].maximum : value;
    // Zero means no limit.
    return now > (before[name] || Number.POSITIVE_INFINITY) ? [[name, now]] : [];
  });
  return Object.fromEntries(higher);
}

/**
 * The options of `interleave resume` that raise the limits that stopped conversations, such as
 * `--limit toolCalls=200`. Empty when no limit did.
 */
export function optionsToRaise(
  { conversations }: Pick<RunState, 'conversations'>,
  { settings }: RunRequest,
): string {
  const values = new Map<RaisableLimit, number>();
  for (const conversation of conversations) {
    const { phase, raised } = conversation;
    if (phase !== 'stopped') continue;
    for (const name of limitsReached(conversation)) {
      const value = raised?.[name] ?? settings.limits[name];
      if (value > 0) values.set(name, Math.max(values.get(name) ?? 0, 2 * value));
    }
  }
  const options = [...values].map(([name, value]) =>
    limitFlag(name).replace(/N$/, String(Math.min(value, limits[name].maximum))),
  );
  return options.join(' ');
}
