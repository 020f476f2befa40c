import { createHash } from 'node:crypto';
import type { RunEvent, RunStarted } from '../../shared/conversationEvents.ts';
import type { Message } from '../providers/message.ts';
import type {
  FinishedTurnRecord,
  JournalEvent,
  JournalRecord,
  StartRecord,
  TurnFinished,
} from './journalRecord.ts';
import type { JournalWriter } from './journalWriter.ts';
import { isKeptEvent } from './recordSchema.ts';

/** What must not be lost once anyone has heard of it: it was paid for, or it ends something. */
const milestones: ReadonlySet<RunEvent['type']> = new Set([
  'turn.finished',
  'turn.discarded',
  'tool.finished',
  'conversation.finished',
  'run.finished',
]);

type ConversationFinished = Extract<JournalEvent, { readonly type: 'conversation.finished' }>;

/** A call of a tool that changes something, right before it is made. */
export interface BeginningCall {
  readonly conversation: number;
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
}

/** The same call when the tool has ended by itself, well or not. */
export interface EndedCall {
  readonly conversation: number;
  readonly callId: string;
  readonly idempotencyKey: string;
  readonly result: 'done' | 'failed';
}

/** The whole result of a tool call of which the model got a shortened one. */
export interface ToolOutput {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

/** What a recorder begins with. */
export interface RecorderStart {
  /** Makes the first record of a new run; see `StartRecord`. */
  startRecord?(started: RunStarted): StartRecord;
  /** The messages that are in the journal already, and are gone on from. */
  readonly messages?: ReadonlyMap<number, readonly Message[]>;
  /** The recorder of the same run before its journal was closed; it knows of the messages itself. */
  readonly before?: JournalRecorder | undefined;
}

/** Writes down what happens in a run: the runner's recorder over a journal. */
export class JournalRecorder {
  readonly #writer: JournalWriter;
  readonly #startRecord: (started: RunStarted) => StartRecord;
  /** How many messages of each conversation there are. */
  readonly #counts: Map<number, number>;
  /** Answers that wait for the event of their turn, to be kept together with it. */
  readonly #answers = new Map<number, Pick<FinishedTurnRecord, 'index' | 'message'>>();
  /** The last complete turn of each conversation under way. */
  readonly #lastTurns = new Map<number, Pick<TurnFinished, 'turn' | 'text'>>();

  constructor(writer: JournalWriter, { startRecord = bareStart, messages, before }: RecorderStart) {
    this.#writer = writer;
    this.#startRecord = startRecord;
    // What the run itself goes on from counts, and not what may be in the file besides.
    this.#counts = new Map(before === undefined ? [] : before.#counts);
    for (const [index, list] of messages ?? []) this.#counts.set(index, list.length);
  }

  /** Keeps an event, unless it only streams by. Throws, as `message` does, where it cannot be kept. */
  event(event: RunEvent): void {
    if (event.type === 'run.started') {
      this.#writer.appendNow(this.#startRecord(event));
      return;
    }
    if (!isKeptEvent(event)) return;
    if ('conversation' in event && event.within === undefined)
      this.#follow(event.conversation, event.type);
    const record = this.#recordOf(event);
    try {
      if (milestones.has(event.type)) this.#writer.appendNow(record);
      else this.#writer.append(record);
    } catch (error) {
      // The message is not there: the next one takes its place.
      if (record.kind === 'turn') this.#counts.set(record.conversation, record.index);
      throw error;
    }
  }

  /** Keeps a message that was added to a conversation's history. */
  message(conversation: number, message: Message): void {
    this.#keepAnswer(conversation);
    const index = this.#counts.get(conversation) ?? 0;
    // The event of its turn follows at once; both go into one record.
    if (message.role === 'assistant') this.#answers.set(conversation, { index, message });
    else this.#writer.append({ kind: 'message', conversation, index, message });
    this.#counts.set(conversation, index + 1);
  }

  #follow(conversation: number, type: JournalEvent['type']): void {
    if (type !== 'turn.finished') this.#keepAnswer(conversation);
    if (type === 'conversation.requeued') this.#counts.delete(conversation);
  }

  /** Keeps an answer that was added without an event of its turn. */
  #keepAnswer(conversation: number): void {
    const answer = this.#answers.get(conversation);
    if (answer === undefined) return;
    this.#answers.delete(conversation);
    this.#writer.append({ kind: 'message', conversation, ...answer });
  }

  #recordOf(event: JournalEvent): JournalRecord {
    // Of a nested conversation only the events are kept: its answer is the result of a call.
    if ('within' in event && event.within !== undefined) return { kind: 'event', event };
    if (event.type === 'turn.finished') return this.#turnRecord(event);
    if (event.type === 'conversation.finished') return this.#endingRecord(event);
    return { kind: 'event', event };
  }

  #turnRecord(event: TurnFinished): JournalRecord {
    const { conversation, turn, text } = event;
    const answer = this.#answers.get(conversation);
    if (answer === undefined) return { kind: 'event', event };
    this.#answers.delete(conversation);
    this.#lastTurns.set(conversation, { turn, text });
    return { kind: 'turn', conversation, ...answer, event };
  }

  /** The answer is usually the text of the last turn, which is kept already. */
  #endingRecord(event: ConversationFinished): JournalRecord {
    const last = this.#lastTurns.get(event.conversation);
    this.#lastTurns.delete(event.conversation);
    if (last === undefined || event.answer === '' || last.text !== event.answer) {
      return { kind: 'event', event };
    }
    return { kind: 'event', event: { ...event, answer: '' }, answerTurn: last.turn };
  }

  /** Keeps a tool result that was too long for the model. */
  output(conversation: number, { text, ...call }: ToolOutput): void {
    this.#writer.appendOutput({ conversation, ...call }, text);
  }

  /** Keeps that a call that changes something is about to be made. */
  beginCall({ input, ...call }: BeginningCall): void {
    this.#writer.append({ kind: 'intent', ...call, argsHash: hashOf(input), effect: 'change' });
  }

  endCall(call: EndedCall): void {
    this.#writer.appendNow({ kind: 'outcome', ...call });
  }

  /** Resolves when everything so far is on the disk; rejects with a `UserError` when it never will be. */
  async commit(): Promise<void> {
    for (const conversation of [...this.#answers.keys()]) this.#keepAnswer(conversation);
    await this.#writer.commit();
  }
}

function bareStart(started: RunStarted): StartRecord {
  return { kind: 'run.start', started, definition: null };
}

function hashOf(input: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(input) ?? '')
    .digest('hex');
}
