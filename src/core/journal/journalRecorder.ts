import type { RunEvent } from '../../shared/conversationEvents.ts';
import type { Message } from '../providers/message.ts';
import type { JournalWriter } from './journalWriter.ts';
import { isKeptEvent } from './recordSchema.ts';

/** What a recorder begins with. */
export interface RecorderStart {
  /** Kept in the first record of a new run; see `StartRecord`. */
  readonly definition?: unknown;
  /** The messages that are in the journal already. */
  readonly messages?: ReadonlyMap<number, readonly Message[]>;
}

/** Writes down what happens in a run: the runner's recorder over a journal. */
export class JournalRecorder {
  readonly #writer: JournalWriter;
  readonly #definition: unknown;
  /** How many messages of each conversation there are. */
  readonly #counts = new Map<number, number>();

  constructor(writer: JournalWriter, { definition = null, messages }: RecorderStart) {
    this.#writer = writer;
    this.#definition = definition;
    for (const [index, list] of messages ?? []) this.#counts.set(index, list.length);
  }

  /** Keeps an event, unless it only streams by. */
  event(event: RunEvent): void {
    if (event.type === 'run.started') {
      this.#writer.append({ kind: 'run.start', started: event, definition: this.#definition });
      return;
    }
    if (event.type === 'conversation.requeued') this.#counts.delete(event.conversation);
    if (isKeptEvent(event)) this.#writer.append({ kind: 'event', event });
  }

  /** Keeps a message that was added to a conversation's history. */
  message(conversation: number, message: Message): void {
    const index = this.#counts.get(conversation) ?? 0;
    this.#counts.set(conversation, index + 1);
    this.#writer.append({ kind: 'message', conversation, index, message });
  }

  /** Resolves when everything so far is on the disk; rejects with a `UserError` when it never will be. */
  commit(): Promise<void> {
    return this.#writer.commit();
  }
}
