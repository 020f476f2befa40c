import type { RunEvent } from '../../shared/conversationEvents.ts';
import type { RunState } from '../../shared/runState.ts';
import { activeMsAt } from '../../shared/runState.ts';
import { currentWait } from '../../shared/span.ts';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/emitter.ts';

export interface RunTimeOptions {
  /** The current time limit of the run in ms. It may be raised. */
  readonly maxMs: () => number;
  readonly clock: Clock;
  /** Live, and only read here. */
  readonly state: RunState;
  /** Called when the run times out. */
  readonly onReached: () => void;
}

/**
 * The time limit of a whole run. Time in which the run waits for the user does not count: while it is paused,
 * and while all its unfinished conversations wait for decisions.
 */
export class RunTime implements Disposable {
  readonly #options: RunTimeOptions;
  #timer: Disposable | undefined;
  #look: Disposable | undefined;
  /** Since when all unfinished conversations wait for decisions. */
  #heldSinceMs: number | undefined;
  #heldMs = 0;

  constructor(options: RunTimeOptions) {
    this.#options = options;
  }

  /** Call it with every event. Its cost does not depend on the size of the run. */
  heed(event: RunEvent): void {
    switch (event.type) {
      case 'run.started':
      case 'run.reopened':
      case 'run.resumed':
      case 'conversation.resumed':
        this.#arm();
        return;
      case 'run.paused':
      case 'run.finished':
        this.dispose();
        return;
      case 'conversation.waiting':
        if (event.reason === 'decision') this.#lookSoon();
        else this.#goOn();
        return;
      case 'tool.started':
      case 'tool.finished':
      case 'turn.started':
        this.#goOn();
    }
  }

  dispose(): void {
    this.#settleHold();
    this.#timer?.dispose();
    this.#look?.dispose();
    this.#timer = undefined;
    this.#look = undefined;
  }

  #arm(): void {
    this.#settleHold();
    this.#timer?.dispose();
    this.#timer = undefined;
    const { state, clock, onReached } = this.#options;
    const leftMs = this.#leftMs();
    if (state.state !== 'running' || state.paused !== undefined || !Number.isFinite(leftMs)) return;
    // Timers cannot count further than 2^31 ms.
    const stepMs = Math.min(Math.max(0, leftMs), 2 ** 31 - 1);
    this.#timer = clock.after(stepMs, () => {
      if (this.#leftMs() > 0) this.#arm();
      else onReached();
    });
  }

  #leftMs(): number {
    const { state, clock, maxMs } = this.#options;
    return maxMs() - (activeMsAt(state, clock.now()) - this.#heldMs);
  }

  /** A conversation continues, or waits for something other than a decision. */
  #goOn(): void {
    if (this.#heldSinceMs !== undefined) this.#arm();
  }

  #settleHold(): void {
    if (this.#heldSinceMs === undefined) return;
    this.#heldMs += this.#options.clock.now() - this.#heldSinceMs;
    this.#heldSinceMs = undefined;
  }

  /** Deferred: conversations that wait for decisions report it one after another. */
  #lookSoon(): void {
    if (this.#heldSinceMs !== undefined) return;
    this.#look?.dispose();
    this.#look = this.#options.clock.after(0, () => this.#hold());
  }

  #hold(): void {
    const { clock, state } = this.#options;
    if (state.counts.running > 0) return;
    const isHeld = state.conversations.every(
      (one) => one.phase !== 'waiting' || currentWait(one)?.reason === 'decision',
    );
    if (!isHeld) return;
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#heldSinceMs = clock.now();
  }
}
