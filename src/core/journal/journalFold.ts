import type { RunState } from '../../shared/runState.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../shared/runState.ts';
import type { Message } from '../providers/message.ts';
import type { IntentRecord, JournalRecord, MessageRecord } from './journalRecord.ts';

/** The state of the run alone, without its messages. */
export class RunProgress {
  state: RunState | undefined;

  add(record: JournalRecord): void {
    if (record.kind === 'run.start') this.state ??= startRunState(record.started);
    if (record.kind !== 'event' || this.state === undefined) return;
    // A run that goes on though it has not ended was interrupted: nobody was left to write that down.
    if (record.event.type === 'run.reopened') interruptRun(this.state);
    applyRunEvent(this.state, record.event);
  }
}

/** What the records of a journal come to, one after the other. */
export class JournalFold {
  readonly #progress = new RunProgress();
  definition: unknown;
  readonly messages = new Map<number, Message[]>();
  readonly #gaps = new Set<number>();
  readonly #open = new Map<string, IntentRecord>();

  get state(): RunState | undefined {
    return this.#progress.state;
  }

  add(record: JournalRecord): void {
    if (record.kind === 'run.start' && this.state === undefined) {
      this.definition = record.definition;
    }
    this.#progress.add(record);
    switch (record.kind) {
      case 'event':
        if (record.event.type === 'conversation.requeued') this.#restart(record.event.conversation);
        return;
      case 'message':
        this.#addMessage(record);
        return;
      case 'intent':
        this.#open.set(record.idempotencyKey, record);
        return;
      case 'outcome':
        this.#open.delete(record.idempotencyKey);
        return;
      case 'run.start':
      case 'note':
        return;
    }
  }

  /** Calls that were about to be made and of which nothing more is known. */
  get openIntents(): readonly IntentRecord[] {
    return [...this.#open.values()];
  }

  /** Conversations of which a message is missing; those before it are there. */
  incomplete(): ReadonlySet<number> {
    const incomplete = new Set(this.#gaps);
    for (const conversation of this.state?.conversations ?? []) {
      const finished = conversation.turns.at(-1)?.turn ?? 0;
      if (finished > this.#countTurns(conversation.index)) incomplete.add(conversation.index);
    }
    return incomplete;
  }

  #countTurns(index: number): number {
    const messages = this.messages.get(index) ?? [];
    return messages.reduce((turns, { role }) => turns + (role === 'assistant' ? 1 : 0), 0);
  }

  #restart(conversation: number): void {
    this.messages.delete(conversation);
    this.#gaps.delete(conversation);
  }

  #addMessage({ conversation, index, message }: MessageRecord): void {
    const messages = this.messages.get(conversation) ?? [];
    if (index > messages.length) {
      this.#gaps.add(conversation);
      return;
    }
    messages.length = index;
    messages.push(message);
    this.messages.set(conversation, messages);
    this.#gaps.delete(conversation);
  }
}
