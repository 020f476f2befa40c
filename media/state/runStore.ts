import type { RunEvent, RunStarted } from '../../src/shared/conversationEvents.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import type { ToPanel } from '../../src/shared/panelProtocol.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { applyRunEvent } from '../../src/shared/runState.ts';
import { RunClock } from './runClock.ts';

/** How long to wait for a snapshot before asking again, in ms. */
const askAgainMs = 1000;

/** What a message was. `resync`: events are missing, so a new snapshot is needed. */
export type Accepted = 'snapshot' | 'events' | 'resync' | 'nothing';

/** The messages that the run is made of. */
export type StoreMessage = Extract<ToPanel, { type: 'part' | 'snapshot' | 'events' }>;

/** Whether a message is one of them; the page gets others, also from other frames. */
export function isStoreMessage(message: ToPanel): message is StoreMessage {
  return message.type === 'part' || message.type === 'snapshot' || message.type === 'events';
}

/** When a message arrived, by the monotonic clock and by the wall clock. */
export interface Arrival {
  readonly localMs: number;
  readonly wallMs: number;
}

/** The panel's copy of the run: a snapshot and the events after it. */
export class RunStore {
  readonly #clock = new RunClock();
  #run: RunState | undefined;
  /** Conversations of the snapshot that follows, by index. */
  #parts: ConversationState[] = [];
  #askedMs: number | undefined;
  readonly #heard = new Map<number, number>();

  /** The run; undefined before the first snapshot. Mutable. */
  get run(): RunState | undefined {
    return this.#run;
  }

  /** When something was last heard of each conversation, in ms since the run's start. */
  get heard(): ReadonlyMap<number, number> {
    return this.#heard;
  }

  /** Ms since the run's start. */
  nowMs(localMs: number): number {
    const run = this.#run;
    if (run === undefined || run.state !== 'running') return run?.atMs ?? 0;
    return Math.max(run.atMs, this.#clock.at(localMs));
  }

  /** Applies a snapshot, a part of one, or events. Events that the snapshot contains already are skipped. */
  accept(message: StoreMessage, arrival: Arrival): Accepted {
    if (message.type === 'part') return this.#keep(message);
    if (message.type === 'snapshot') return this.#take(message.run, arrival);
    const run = this.#run;
    if (run === undefined) return 'nothing';
    if (this.#askedMs !== undefined) return this.#askAgain(arrival.localMs);
    const seqBefore = run.seq;
    const complete = foldNewEvents(run, message.events, this.#heard);
    if (run.seq > seqBefore) this.#clock.set(run.atMs, arrival.localMs);
    if (!complete) return this.#ask(arrival.localMs);
    return run.seq > seqBefore ? 'events' : 'nothing';
  }

  #keep({ isFirst, conversations }: Extract<StoreMessage, { type: 'part' }>): Accepted {
    if (isFirst) this.#parts = [];
    for (const one of conversations) this.#parts[one.index] = one;
    return 'nothing';
  }

  #take(last: RunState, { localMs, wallMs }: Arrival): Accepted {
    const conversations = this.#parts;
    this.#parts = [];
    for (const one of last.conversations) conversations[one.index] = one;
    const run = { ...last, conversations };
    this.#run = run;
    this.#askedMs = undefined;
    this.#heard.clear();
    for (const { index } of run.conversations) this.#heard.set(index, run.atMs);
    const sinceStart = wallMs - Date.parse(run.started.startedAt);
    this.#clock.set(Math.max(run.atMs, Number.isNaN(sinceStart) ? 0 : sinceStart), localMs);
    return 'snapshot';
  }

  #ask(localMs: number): Accepted {
    this.#askedMs = localMs;
    return 'resync';
  }

  #askAgain(localMs: number): Accepted {
    const due = localMs - (this.#askedMs ?? 0) >= askAgainMs;
    return due ? this.#ask(localMs) : 'nothing';
  }
}

/** Applies new events. Stops and returns false if an event is missing. */
function foldNewEvents(
  run: RunState,
  events: readonly Exclude<RunEvent, RunStarted>[],
  heard: Map<number, number>,
): boolean {
  for (const event of events) {
    if (event.seq <= run.seq) continue;
    if (event.seq !== run.seq + 1) return false;
    applyRunEvent(run, event);
    if ('conversation' in event) heard.set(event.conversation, event.atMs);
  }
  return true;
}
