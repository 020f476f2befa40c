/** Limits that can be raised for a conversation or run that they stopped, by the names of their settings. */
export const raisableLimits = [
  'maxTurns',
  'toolCalls',
  'repeatsStopped',
  'maxCostUsd',
  'maxConversationCostUsd',
  'maxRunTokens',
] as const;
export type RaisableLimit = (typeof raisableLimits)[number];

/** What limits were raised to, in their own units. Those of a run hold for all of its conversations. */
export type RaisedLimits = { readonly [L in RaisableLimit]?: number };

/** The limits that were raised, in words: `maxTurns 100`; empty when none was. */
export function raisedWords(raised: RaisedLimits): string {
  return Object.entries(raised)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
