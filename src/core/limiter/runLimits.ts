import type { ConversationState } from '../../shared/conversationState.ts';
import type { RaisedLimits, RunLimitName } from '../../shared/raisedLimits.ts';
import { runLimitNames } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';

/** The limits of a run as a whole; infinite or absent where there is none. */
export type RunLimitValues = { readonly [L in RunLimitName]?: number };

/** The limits of a run as a whole, as they stand: each can be raised after it has stopped conversations. */
export class RunLimits {
  readonly #values = new Map<RunLimitName, number>();
  /** When limits were raised, in ms since the run's start. */
  readonly #raisedAtMs = new Map<RunLimitName, number>();
  readonly #state: Pick<RunState, 'atMs'>;

  /** `state` is live: read, never changed. What was raised in an earlier process stays raised. */
  constructor(values: RunLimitValues, state: Pick<RunState, 'atMs' | 'conversations'>) {
    this.#state = state;
    for (const name of runLimitNames)
      this.#values.set(name, values[name] ?? Number.POSITIVE_INFINITY);
    for (const { raised } of state.conversations) if (raised !== undefined) this.apply(raised);
  }

  of(name: RunLimitName): number {
    return this.#values.get(name) ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Doubles the limit that stopped the conversation. One that was raised since then stays: one raise serves all
   * conversations that it stopped.
   */
  raise(name: RunLimitName, { endMs = 0 }: Pick<ConversationState, 'endMs'>): RaisedLimits {
    if ((this.#raisedAtMs.get(name) ?? -1) >= endMs) return {};
    const raised = { [name]: 2 * this.of(name) };
    this.apply(raised);
    this.#raisedAtMs.set(name, this.#state.atMs);
    return raised;
  }

  /** Raises those limits of the run that are given; none is ever lowered. */
  apply(raised: RaisedLimits): void {
    for (const name of runLimitNames) {
      const value = raised[name];
      if (value !== undefined) this.#values.set(name, Math.max(this.of(name), value));
    }
  }
}
