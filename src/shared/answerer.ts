import type { ModelPrice } from './modelPrice.ts';

/** Who answers a conversation: an agent, with its provider and model. */
export interface Answerer {
  /** Absent where no agent was chosen. */
  readonly agent?: string;
  readonly provider: string;
  readonly model: string;
  /** Absent if unknown. */
  readonly price?: ModelPrice;
}

/** The answerer in words: `reviewer (openai gpt-6-luna)`. */
export function answererWords({ agent, provider, model }: Answerer): string {
  return agent === undefined ? `${provider} ${model}` : `${agent} (${provider} ${model})`;
}
