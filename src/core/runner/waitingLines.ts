import type { Slot, SlotRequest } from '../agent/turnGate.ts';
import type { ProviderError } from '../providers/providerError.ts';

/** A request for a slot that has not been granted yet. */
export interface Waiter {
  readonly request: SlotRequest;
  /** The most requests that may be under way when it is granted; the window's size when absent. */
  readonly cap: number | undefined;
  grant(slot: Slot): void;
  refuse(failure: ProviderError): void;
}

/**
 * Who is waiting: first those whose conversation has begun, then the others, each in the order they
 * came. Runs with different caps wait in lines of their own, so that one that may send little does
 * not hold up one that may send much.
 */
export class WaitingLines {
  readonly #begun = new Map<number | undefined, Set<Waiter>>();
  readonly #fresh = new Map<number | undefined, Set<Waiter>>();

  add(waiter: Waiter): void {
    const lines = this.#linesOf(waiter);
    const line = lines.get(waiter.cap);
    if (line === undefined) lines.set(waiter.cap, new Set([waiter]));
    else line.add(waiter);
  }

  has(waiter: Waiter): boolean {
    return this.#linesOf(waiter).get(waiter.cap)?.has(waiter) ?? false;
  }

  delete(waiter: Waiter): void {
    const lines = this.#linesOf(waiter);
    const line = lines.get(waiter.cap);
    line?.delete(waiter);
    if (line?.size === 0) lines.delete(waiter.cap);
  }

  /**
   * The first one that may go when `active` requests are under way: fewer than its own cap, or than
   * the window holds. `most` is a bound for everyone.
   */
  next(active: number, windowSize: number, most: number): Waiter | undefined {
    if (active >= most || (this.#begun.size === 0 && this.#fresh.size === 0)) return undefined;
    // When fewer are left to begin than are under way, they go first: whoever begins last would
    // otherwise run through all of its turns alone at the end.
    const beginRest = sizeOf(this.#fresh) < active;
    for (const lines of beginRest ? [this.#fresh, this.#begun] : [this.#begun, this.#fresh]) {
      for (const [cap, [first]] of lines) {
        if (first !== undefined && active < (cap ?? windowSize)) return first;
      }
    }
    return undefined;
  }

  #linesOf({ request }: Waiter): Map<number | undefined, Set<Waiter>> {
    return request.started ? this.#begun : this.#fresh;
  }

  /** Everyone, those who go first in front. A copy: it stays as it is while the lines change. */
  all(): readonly Waiter[] {
    return [...this.#begun.values(), ...this.#fresh.values()].flatMap((line) => [...line]);
  }

  get size(): number {
    return sizeOf(this.#begun) + sizeOf(this.#fresh);
  }
}

function sizeOf(lines: ReadonlyMap<number | undefined, ReadonlySet<Waiter>>): number {
  let size = 0;
  for (const line of lines.values()) size += line.size;
  return size;
}
