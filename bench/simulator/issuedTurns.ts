/** A model turn that the simulator has sent, or begun to send. */
export interface IssuedTurn {
  readonly conversation: number;
  /** Tool round, from 0. */
  readonly round: number;
  readonly callIds: readonly string[];
  /** Every content item in the form in which its replay is compared. */
  readonly items: readonly string[];
  /** Whether its terminal event was sent. What was cut off must not be built upon. */
  complete: boolean;
}

/** What was sent, by the id of the first tool call: what comes back must be exactly that. */
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

/** What is wrong with a replayed turn, in words; undefined when it is what was sent. */
export function replayProblem(
  issued: IssuedTurn | undefined,
  replayed: {
    readonly conversation: number;
    readonly round: number;
    readonly items: readonly string[];
  },
): string | undefined {
  if (issued === undefined) return 'holds a tool call that this server never asked for';
  if (issued.conversation !== replayed.conversation) return 'belongs to another conversation';
  if (issued.round !== replayed.round) return 'stands at the wrong place of the conversation';
  if (!issued.complete) return 'comes from a response that ended without its last event';
  if (issued.items.length !== replayed.items.length) return 'has items missing or added';
  const changed = issued.items.findIndex((item, index) => item !== replayed.items[index]);
  return changed < 0 ? undefined : `was changed at item ${changed}`;
}
