import type { ToolCall } from '../providers/message.ts';
import type { AgentLimits } from './agentSpec.ts';

/** How often the same calls may be repeated. */
export type RepeatLimits = Pick<AgentLimits, 'repeatsNoted' | 'repeatsStopped'>;

/** Length of the longest cycle of calls that is detected: A-B-C-D-A-B-C-D. */
const longestCycle = 4;

/** What repeated tool calls lead to. */
export type Repetition = 'none' | 'noticed' | 'stop';

/**
 * Detects a model in a loop: it repeats one call, or a cycle of a few calls, turn after turn. Equal calls of
 * one turn count once, because the model has not seen a result between them. Results are not compared.
 */
export class LoopGuard {
  /** Signatures of the last calls, oldest first; as many as the longest cycle needs. */
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
      if (this.#recent.length > longestCycle * Math.max(repeatsNoted, repeatsStopped))
        this.#recent.shift();
      const repeats = this.#repeats();
      if (repeats >= repeatsStopped) return 'stop';
      if (repeats >= repeatsNoted) worst = 'noticed';
    }
    return worst;
  }

  /** How often the last cycle, of any length, was repeated. */
  #repeats(): number {
    let most = 1;
    for (let length = 1; length <= longestCycle; length++) {
      most = Math.max(most, this.#repeatsOf(length));
    }
    return most;
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
