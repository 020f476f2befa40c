import type { ToolCall } from '../providers/message.ts';
import type { AgentLimits } from './agentSpec.ts';

/** Times that the same calls may follow one another before something is done about it. */
export type RepeatLimits = Pick<AgentLimits, 'repeatsNoted' | 'repeatsStopped'>;

/** Longest pattern of calls that counts as going round in circles: A-B-C-D-A-B-C-D. */
const longestCycle = 4;

/** What the repetition of tool calls means for the conversation. */
export type Repetition = 'none' | 'noticed' | 'stop';

/**
 * Notices a model that goes round in circles: the same call again and again, or a few calls that follow
 * one another in the same order, turn after turn. Equal calls of one turn count once: the model has not
 * seen the result of any of them when it asks for the next. The results do not matter: the same call
 * tells nothing new.
 */
export class LoopGuard {
  /** Signatures of the last calls, oldest first; as many as the longest pattern needs. */
  readonly #recent: string[] = [];
  readonly #limits: RepeatLimits;

  constructor(limits: RepeatLimits) {
    this.#limits = limits;
  }

  /** Takes the next turn's calls into account. */
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

  /** How often the last pattern, of whatever length, has followed itself. */
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

/** What the model is told, with the results of its calls, when it begins to repeat itself. */
export const repetitionNote =
  'Note: you have made this same call several times. Its result does not change. Use what you have, try something else, or answer.';
