import type { RunState } from '../../shared/runState.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../shared/runState.ts';
import type { Message } from '../providers/message.ts';
import type {
  FinishedTurnRecord,
  IntentRecord,
  JournalRecord,
  MessageRecord,
  OutcomeRecord,
} from './journalRecord.ts';
import { KeptProposals } from './keptProposals.ts';

/** The state of the run alone, without its messages. */
export class RunProgress {
  state: RunState | undefined;

  add(record: JournalRecord): void {
    if (record.kind === 'run.start') this.state ??= startRunState(record.started);
    if (!('event' in record) || this.state === undefined) return;
    // A run that goes on though it has not ended was interrupted: nobody was left to write that down.
    if (record.event.type === 'run.reopened') interruptRun(this.state);
    applyRunEvent(this.state, record.event);
  }
}

/** A call that changes something and that was begun; `result` is how it ended, if that is known. */
export interface BegunCall {
  readonly kind: 'begun';
  readonly result?: 'done' | 'failed';
}

/** What the records of a journal come to, one after the other. */
export class JournalFold {
  readonly #progress = new RunProgress();
  definition: unknown;
  mark: string | undefined;
  readonly messages = new Map<number, Message[]>();
  readonly proposals = new KeptProposals();
  readonly #gaps = new Set<number>();
  readonly #open = new Map<string, IntentRecord>();
  /** Calls that change something, by conversation and id: they are never made again. */
  readonly beganCalls = new Map<number, Map<string, BegunCall>>();

  get state(): RunState | undefined {
    return this.#progress.state;
  }

  add(record: JournalRecord): void {
    if (record.kind === 'run.start' && this.state === undefined) {
      this.definition = record.definition;
      this.mark = record.mark;
    }
    this.#progress.add(record);
    this.proposals.add(record);
    switch (record.kind) {
      case 'event':
        if (record.event.type === 'conversation.requeued') this.#restart(record.event.conversation);
        return;
      case 'message':
      case 'turn':
        this.#addMessage(record);
        return;
      case 'intent':
        this.#open.set(record.idempotencyKey, record);
        if (record.effect === 'change') this.#addCall(record, { kind: 'begun' });
        return;
      case 'outcome':
        this.#open.delete(record.idempotencyKey);
        this.#addCall(record, {
          kind: 'begun',
          result: record.result === 'done' ? 'done' : 'failed',
        });
        return;
      case 'run.start':
      case 'output':
      case 'proposal':
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
    this.beganCalls.delete(conversation);
  }

  #addCall({ conversation, callId }: IntentRecord | OutcomeRecord, call: BegunCall): void {
    const calls = this.beganCalls.get(conversation) ?? new Map<string, BegunCall>();
    this.beganCalls.set(conversation, calls.set(callId, call));
  }

  #addMessage({ conversation, index, message }: MessageRecord | FinishedTurnRecord): void {
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
