/** A model turn that the simulator has sent at least in part. */
export interface IssuedTurn {
  readonly conversation: number;
  /** Tool round, from 0. */
  readonly round: number;
  readonly callIds: readonly string[];
  /** Every content item in the form used to compare its replay. */
  readonly items: readonly string[];
  /** Whether the final event was sent. A client must not build on a truncated turn. */
  complete: boolean;
}

/** The turns sent, by the id of the first tool call. A replay must match exactly. */
export class IssuedTurns {
  readonly #byCall = new Map<string, IssuedTurn>();
  #serial = 0;

  /** A part of ids that no other turn has. */
  nextSerial(): string {
    this.#serial += 1;
    return this.#serial.toString(36).padStart(6, '0');
  }

  add(turn: IssuedTurn): void {
    const [first] = turn.callIds;
    if (first !== undefined) this.#byCall.set(first, turn);
  }

  find(firstCallId: string): IssuedTurn | undefined {
    return this.#byCall.get(firstCallId);
  }
}

/** The problem of a replayed turn; undefined when it matches what was sent. */
export function replayProblem(
  issued: IssuedTurn | undefined,
  replayed: {
    readonly conversation: number;
    readonly round: number;
    readonly items: readonly string[];
  },
): string | undefined {
  if (issued === undefined) return 'has a tool call that this server never made';
  if (issued.conversation !== replayed.conversation) return 'belongs to another conversation';
  if (issued.round !== replayed.round) return 'is at the wrong place in the conversation';
  if (!issued.complete) return 'comes from a response that ended without its last event';
  if (issued.items.length !== replayed.items.length) return 'has items missing or added';
  const changed = issued.items.findIndex((item, index) => item !== replayed.items[index]);
  return changed < 0 ? undefined : `was changed at item ${changed}`;
}
