/** How hard the model should think. Providers leave out what a model does not know. */
export type ReasoningEffort = (typeof reasoningEfforts)[number];

export const reasoningEfforts = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const;
