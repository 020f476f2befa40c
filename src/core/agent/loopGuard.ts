import type { ToolCall } from '../providers/message.ts';
import type { AgentLimits } from './agentSpec.ts';

/** How often the same calls may be repeated. */
export type RepeatLimits = Pick<AgentLimits, 'repeatsNoted' | 'repeatsStopped'>;

/** Max length of a cycle that is detected: A-B-C-D-A-B-C-D. */
const maxCycle = 4;

/** The reaction to repeated tool calls. */
export type Repetition = 'none' | 'noticed' | 'stop';

/**
 * Detects a model in a loop that repeats one call, or a cycle of a few calls, turn after turn. Equal calls of one
 * turn count once, because the model has not seen a result between them. Results are not compared.
 */
export class LoopGuard {
  /** Signatures of the last calls, oldest first; enough for the longest cycle. */
  readonly #recent: string[] = [];
  readonly #limits: RepeatLimits;

  constructor(limits: RepeatLimits) {
    this.#limits = limits;
  }

  /** Adds the calls of the next turn. */
  add(calls: readonly ToolCall[]): Repetition {
    const { repeatsNoted, repeatsStopped } = this.#limits;
    let worst: Repetition = 'none';
    const signatures = calls.map(({ name, input }) => `${name} ${JSON.stringify(input) ?? ''}`);
    for (const signature of new Set(signatures)) {
      this.#recent.push(signature);
      if (this.#recent.length > maxCycle * Math.max(repeatsNoted, repeatsStopped))
        this.#recent.shift();
      const repeats = this.#repeats();
      if (repeats >= repeatsStopped) return 'stop';
      if (repeats >= repeatsNoted) worst = 'noticed';
    }
    return worst;
  }

  /** Max repetitions of the last cycle, over all lengths. */
  #repeats(): number {
    let repeats = 1;
    for (let length = 1; length <= maxCycle; length++) {
      repeats = Math.max(repeats, this.#repeatsOf(length));
    }
    return repeats;
  }

  #repeatsOf(length: number): number {
    const { length: known } = this.#recent;
    let same = 0;
    for (let index = known - 1; index >= length; index--) {
      if (this.#recent[index] !== this.#recent[index - length]) break;
      same++;
    }
    return Math.floor(same / length) + 1;
  }
}

/** Added to the results of repeated calls. */
export const repetitionNote =
  'Note: you have made this same call several times. Its result does not change. Use what you have, try something else, or answer.';
