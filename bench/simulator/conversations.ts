import { answerPieces, callsOf, callsPerRound } from '../workload/workload.ts';
import type { ReadRequest } from './readRequest.ts';
import { RequestRefusal } from './requestRefusal.ts';
import type { SimulatorSettings } from './settings.ts';
import type { TurnContent } from './streamedTurn.ts';

/** The model's turn for a request of the workload. */
export function contentFor(
  { seed, shape }: Pick<SimulatorSettings, 'seed' | 'shape'>,
  { conversation, results }: ReadRequest,
): TurnContent {
  return results.length < shape.toolRounds * callsPerRound
    ? { kind: 'calls', calls: callsOf(seed, conversation, results, shape) }
    : { kind: 'answer', pieces: answerPieces(conversation, results, shape) };
}

/** Remembers for each conversation what its next request must match. */
export class Conversations {
  readonly #prefixes = new Map<number, string>();
  readonly #attempts = new Map<string, number>();

  /**
   * Checks that system prompt, tools and settings equal those of the conversation's first request,
   * byte for byte. Throws a `RequestRefusal`.
   */
  checkPrefix({ conversation, prefix }: ReadRequest): void {
    const first = this.#prefixes.get(conversation);
    if (first === undefined) this.#prefixes.set(conversation, prefix);
    else if (first !== prefix) {
      throw new RequestRefusal(
        'model, system prompt, tools or reasoning changed in mid-conversation',
      );
    }
  }

  /** Counts the attempts of one turn; the first is 0. */
  nextAttempt(conversation: number, turn: number): number {
    const key = `${conversation} ${turn}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    return attempt;
  }
}
