import type { Slot, SlotRequest } from '../agent/turnGate.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** A request for a slot that has not been granted yet. */
export interface Waiter {
  readonly request: SlotRequest;
  /** The run that it belongs to. */
  readonly run: object;
  /** The most requests that may be under way when it is granted; the window's size when absent. */
  readonly cap: number | undefined;
  grant(slot: Slot): void;
  refuse(failure: ProviderError): void;
}

/** Who waits of one run, with one cap. */
interface Line extends Pick<Waiter, 'run' | 'cap'> {
  /** Those whose conversation has begun. */
  readonly begun: Set<Waiter>;
  readonly fresh: Set<Waiter>;
  /** When one of them last left it to be sent: the run that waits longest comes next. */
  lastTurn: number;
}

/**
 * Who is waiting. Runs take turns, so that a small one does not wait behind a big one. Within a run those
 * go first whose conversation has begun, then the others, each in the order they came.
 */
export class WaitingLines {
  /** Lines in which somebody waits; few, for there is one for each run. */
  #lines: readonly Line[] = [];
  readonly #lastTurns = new WeakMap<object, number>();
  #turns = 0;

  add(waiter: Waiter): void {
    this.#groupOf(waiter, this.#lineOf(waiter) ?? this.#open(waiter)).add(waiter);
  }

  has(waiter: Waiter): boolean {
    const line = this.#lineOf(waiter);
    return line !== undefined && this.#groupOf(waiter, line).has(waiter);
  }

  delete(waiter: Waiter): void {
    const line = this.#lineOf(waiter);
    if (line === undefined) return;
    this.#groupOf(waiter, line).delete(waiter);
    if (sizeOf(line) === 0) this.#lines = this.#lines.filter((other) => other !== line);
  }

  /** The waiter leaves its line to be sent: it was its run's turn. */
  take(waiter: Waiter): void {
    const turn = ++this.#turns;
    this.#lastTurns.set(waiter.run, turn);
    for (const line of this.#lines) if (line.run === waiter.run) line.lastTurn = turn;
    this.delete(waiter);
  }

  /**
   * The first one that may go when `active` requests are under way: fewer than its own cap, or than
   * the window holds. `most` is a bound for everyone.
   */
  next(active: number, windowSize: number, most: number): Waiter | undefined {
    if (active >= most) return undefined;
    let longest: Line | undefined;
    for (const line of this.#lines) {
      if (active >= (line.cap ?? windowSize)) continue;
      if (longest === undefined || line.lastTurn < longest.lastTurn) longest = line;
    }
    return longest === undefined ? undefined : firstOf(longest, active);
  }

  /** Everyone, those who go first in front. A copy: it stays as it is while the lines change. */
  all(): readonly Waiter[] {
    const everyone = (group: 'begun' | 'fresh'): readonly Waiter[] =>
      this.#lines.flatMap((line) => [...line[group]]);
    return [...everyone('begun'), ...everyone('fresh')];
  }

  get size(): number {
    return this.#lines.reduce((sum, line) => sum + sizeOf(line), 0);
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
 * When fewer are left to begin than are under way, they go first: whoever begins last would otherwise
 * run through all of its turns alone at the end.
 */
function firstOf({ begun, fresh }: Line, active: number): Waiter | undefined {
  const groups = fresh.size < active ? [fresh, begun] : [begun, fresh];
  for (const [first] of groups) if (first !== undefined) return first;
  return undefined;
}

function sizeOf({ begun, fresh }: Line): number {
  return begun.size + fresh.size;
}
