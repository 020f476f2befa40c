/** Limits of a run as a whole, by the names of their settings. Raised once, they serve all conversations. */
export const runLimitNames = [
  'maxCostUsd',
  'maxRunTokens',
  'maxRunTurns',
  'maxRunToolCalls',
  'maxRunSeconds',
] as const;
export type RunLimitName = (typeof runLimitNames)[number];

/** Limits that can be raised for a conversation or run that they stopped, by the names of their settings. */
export const raisableLimits = [
  'maxTurns',
  'toolCalls',
  'repeatsStopped',
  'timeoutSeconds',
  'maxConversationCostUsd',
  'maxConversationTokens',
  ...runLimitNames,
] as const;
export type RaisableLimit = (typeof raisableLimits)[number];

/** The limits on cost and tokens, of which the reason `budget` is one. */
export const budgetLimits = [
  'maxCostUsd',
  'maxRunTokens',
  'maxConversationCostUsd',
  'maxConversationTokens',
] as const satisfies readonly RaisableLimit[];
export type BudgetLimit = (typeof budgetLimits)[number];

/** What limits were raised to, in their own units. Those of a run hold for all of its conversations. */
export type RaisedLimits = { readonly [L in RaisableLimit]?: number };

/** The limits that were raised, in words: `maxTurns 100`; empty when none was. */
export function raisedWords(raised: RaisedLimits): string {
  return Object.entries(raised)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

/** Those of the limits that are among `names`. */
export function onlyLimits(
  raised: RaisedLimits | undefined,
  names: readonly RaisableLimit[],
): RaisedLimits {
  const kept = names.flatMap((name) => {
    const value = raised?.[name];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(kept);
}
