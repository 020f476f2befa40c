/** How much the model should reason. Providers leave out what a model does not support. */
export type ReasoningEffort = (typeof reasoningEfforts)[number];

/** All efforts, lowest first. */
export const reasoningEfforts = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
] as const;
