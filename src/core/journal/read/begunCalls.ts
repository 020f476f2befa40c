/** A call that changes something and was begun. `result` is absent when its outcome is unknown. */
export interface BegunCall {
  readonly kind: 'begun';
  readonly result?: 'done' | 'failed';
}

/** The calls of a conversation that change something and were begun. A server may use an id again in a later turn. */
export class BegunCalls {
  /** By turn; those of journals without turns are under `undefined` and count for each. */
  readonly #byTurn = new Map<number | undefined, Map<string, BegunCall>>();

  add(turn: number | undefined, callId: string, call: BegunCall): void {
    const calls = this.#byTurn.get(turn) ?? new Map<string, BegunCall>();
    this.#byTurn.set(turn, calls.set(callId, call));
  }

  /** The call, or one of the nested conversation that it holds: what that has changed is not done again. */
  find(turn: number, callId: string): BegunCall | undefined {
    return (
      this.#findIn(this.#byTurn.get(turn), callId) ??
      this.#findIn(this.#byTurn.get(undefined), callId)
    );
  }

  #findIn(
    calls: ReadonlyMap<string, BegunCall> = new Map(),
    callId: string,
  ): BegunCall | undefined {
    const own = calls.get(callId);
    if (own !== undefined) return own;
    const isNested = [...calls.keys()].some((id) => id.startsWith(`${callId}/`));
    return isNested ? { kind: 'begun' } : undefined;
  }
}
