import type { Slot, SlotRequest } from '../agent/requestSlots.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** A request for a slot that is not granted yet. */
export interface Waiter {
  readonly request: SlotRequest;
  /** Its run. */
  readonly run: object;
  /** Max requests in flight, its own included; the window's size when absent. */
  readonly cap: number | undefined;
  grant(slot: Slot): void;
  refuse(failure: ProviderError): void;
}

/** The waiters of one run with one cap. */
interface Line extends Pick<Waiter, 'run' | 'cap'> {
  /** Waiters of started conversations. */
  readonly begun: Set<Waiter>;
  readonly fresh: Set<Waiter>;
  /** When its last waiter was sent. The run with the lowest value comes next. */
  lastTurn: number;
}

/**
 * The queue. Runs take turns, so that a small run does not wait behind a big one. Within a run, started
 * conversations go before new ones, each group in order.
 */
export class WaitingLines {
  /** Lines that are not empty; few, because each run has one. */
  #lines: readonly Line[] = [];
  readonly #lastTurns = new WeakMap<object, number>();
  #turns = 0;

  /** Adds a waiter at the end of its line. */
  add(waiter: Waiter): void {
    this.#groupOf(waiter, this.#lineOf(waiter) ?? this.#open(waiter)).add(waiter);
  }

  /** Whether a waiter is in the queue. */
  has(waiter: Waiter): boolean {
    const line = this.#lineOf(waiter);
    return line !== undefined && this.#groupOf(waiter, line).has(waiter);
  }

  /** Removes a waiter that is not sent. */
  delete(waiter: Waiter): void {
    const line = this.#lineOf(waiter);
    if (line === undefined) return;
    this.#groupOf(waiter, line).delete(waiter);
    if (sizeOf(line) === 0) this.#lines = this.#lines.filter((other) => other !== line);
  }

  /** Removes a waiter that is sent. Its run has had its turn. */
  take(waiter: Waiter): void {
    this.passed(waiter.run);
    this.delete(waiter);
  }

  /** A request of this run is sent. The run has had its turn. */
  passed(run: object): void {
    const turn = ++this.#turns;
    this.#lastTurns.set(run, turn);
    for (const line of this.#lines) if (line.run === run) line.lastTurn = turn;
  }

  /**
   * The first waiter that may be sent while `active` requests are in flight. Its limit is its cap, else
   * `windowSize`, and `max` in any case.
   */
  next(active: number, windowSize: number, max: number): Waiter | undefined {
    if (active >= max) return undefined;
    let longest: Line | undefined;
    for (const line of this.#lines) {
      if (active >= (line.cap ?? windowSize)) continue;
      if (longest === undefined || line.lastTurn < longest.lastTurn) longest = line;
    }
    return longest === undefined ? undefined : firstOf(longest, active);
  }

  /** A snapshot of all waiters, in the order in which they go. */
  all(): readonly Waiter[] {
    const everyone = (group: 'begun' | 'fresh'): readonly Waiter[] =>
      this.#lines.flatMap((line) => [...line[group]]);
    return [...everyone('begun'), ...everyone('fresh')];
  }

  /** The number of waiters. */
  get size(): number {
    let size = 0;
    for (const line of this.#lines) size += sizeOf(line);
    return size;
  }

  #lineOf({ run, cap }: Waiter): Line | undefined {
    return this.#lines.find((line) => line.run === run && line.cap === cap);
  }

  #open({ run, cap }: Waiter): Line {
    const lastTurn = this.#lastTurns.get(run) ?? 0;
    const line: Line = { run, cap, begun: new Set(), fresh: new Set(), lastTurn };
    this.#lines = [...this.#lines, line];
    return line;
  }

  #groupOf({ request }: Waiter, line: Line): Set<Waiter> {
    return request.started ? line.begun : line.fresh;
  }
}

/**
 * New conversations go first when fewer of them are left than requests are in flight. Otherwise the last one
 * would start late and run all of its turns alone at the end.
 */
function firstOf({ begun, fresh }: Line, active: number): Waiter | undefined {
  const groups = fresh.size < active ? [fresh, begun] : [begun, fresh];
  for (const [first] of groups) if (first !== undefined) return first;
  return undefined;
}

function sizeOf({ begun, fresh }: Line): number {
  return begun.size + fresh.size;
}
