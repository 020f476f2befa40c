import type { SleepWatchOptions } from '../agent/awakeClock.ts';
import { createAwakeClock } from '../agent/awakeClock.ts';
import type { RetryPolicy } from '../agent/retryPolicy.ts';
import { defaultRetryPolicy } from '../agent/retryPolicy.ts';
import { Inbox } from '../approvals/inbox/inbox.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { Redactor } from '../base/redact.ts';
import { Slots } from '../base/slots.ts';
import { createUlid } from '../base/ulid.ts';
import { Limiters } from '../limiter/limiters.ts';
import type { Lateness } from './lateness.ts';
import { Run } from './run.ts';
import type { RestoredRun, RunPlan, RunRecorder, RunServices } from './runPlan.ts';
import { changeNote, checkAnswerers } from './sameOrigin.ts';

export interface RunnerOptions {
  readonly clock?: Clock;
  /** How sleep of the machine is detected. */
  readonly sleep?: SleepWatchOptions;
  readonly retry?: RetryPolicy;
  /** Knows the keys that must not be shown. */
  readonly redactor?: Redactor;
  /** Measures for one run how late this program is; not measured when absent. */
  readonly createLateness?: () => Lateness;
  /** Called with the errors that listeners of a run throw; they are dropped when absent. */
  readonly onListenerError?: (error: unknown) => void;
}

/** Creates runs. Owns what they share: clock, numbering and limiters. */
export class Runner {
  readonly #services: RunServices;
  #runs = 0;

  constructor(options: RunnerOptions = {}) {
    const clock = options.clock ?? systemClock;
    const retry = options.retry ?? defaultRetryPolicy;
    const awakeClock = createAwakeClock(clock, options.sleep);
    this.#services = {
      clock: awakeClock,
      sleepWatch: awakeClock,
      retry,
      limiters: new Limiters(clock, retry),
      inbox: new Inbox((error) => options.onListenerError?.(error)),
      toolSlots: new Slots(),
      redactor: options.redactor ?? new Redactor(),
      createLateness: options.createLateness,
      onListenerError: options.onListenerError ?? (() => undefined),
    };
  }

  /** The tool calls of all its runs that wait for a decision of the user. */
  get inbox(): Inbox {
    return this.#services.inbox;
  }

  /** A run that is not started yet, so that listeners can be attached first. */
  createRun(plan: RunPlan, options: NewRunOptions = {}): Run {
    this.#runs++;
    const { id = createUlid(), ...more } = options;
    const identity = { id, number: this.#runs, startedAt: new Date().toISOString() };
    return new Run({ plan, identity, ...more, services: this.#services });
  }

  /**
   * A run of an earlier process that can go on. `plan` is made again from what was asked for. Throws a
   * `UserError` if another provider, model or endpoint would answer.
   */
  restoreRun(plan: RunPlan, restored: RestoredRun, recorder?: RunRecorder): Run {
    const { started } = restored.state;
    checkAnswerers(started, plan);
    const note = changeNote(started, plan);
    this.#runs++;
    return new Run({
      ...{ plan, identity: started, recorder, services: this.#services },
      ...{ restored, note },
    });
  }
}

/** How a new run is made. */
export interface NewRunOptions {
  /** A ULID, for whoever must know it before. */
  readonly id?: string;
  /** Nothing is recorded when absent. */
  readonly recorder?: RunRecorder | undefined;
  /** What the user should know when it starts. */
  readonly note?: string | undefined;
}
