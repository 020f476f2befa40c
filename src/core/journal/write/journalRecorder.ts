import { hash } from 'node:crypto';
import type { RunEvent, RunStarted } from '../../../shared/conversationEvents.ts';
import type { RunState } from '../../../shared/runState.ts';
import type { KeptEvent } from '../../base/eventSchemas.ts';
import { LongWork } from '../../base/longWork.ts';
import type { Message, ToolOutcome } from '../../providers/message.ts';
import type { FirstRecords, MakingRecords } from '../record/firstRecords.ts';
import { allOf } from '../record/firstRecords.ts';
import type {
  FinishedTurnRecord,
  IntentRecord,
  JournalRecord,
  MessageRecord,
  OutcomeRecord,
  OutputRecord,
  ProposalRecord,
} from '../record/journalRecord.ts';
import { isKeptEvent } from '../record/journalRecord.ts';
import type { JournalWriter } from './journalWriter.ts';

/** Events that must survive the end of the process once anyone has heard of them. */
const milestones: ReadonlySet<RunEvent['type']> = new Set([
  'turn.finished',
  'turn.discarded',
  'tool.finished',
  'conversation.finished',
  'run.finished',
]);

type TurnFinished = FinishedTurnRecord['event'];
type ConversationFinished = Extract<KeptEvent, { readonly type: 'conversation.finished' }>;

/** A call of a tool that changes something, before it is made. */
interface BegunCall extends Omit<IntentRecord, 'kind' | 'argsHash' | 'effect'> {
  readonly input: unknown;
}

/** The whole result of a tool call that was too long for the model. */
interface ToolOutput extends Pick<OutputRecord, 'turn' | 'callId' | 'name'> {
  readonly text: string;
}

/** What is known of a conversation that is being recorded. */
interface Recorded {
  prompt?: string;
  /** How many messages it has. */
  count: number;
  lastTurn?: Pick<TurnFinished, 'turn' | 'text'>;
  /** Outputs of the turn's tool calls, until a message sends them back. */
  outputs: Map<string, string>;
}

/** Turns what happens in a run into records, with each text in only one of them. */
export class JournalRecorder {
  /** Writes the records. */
  readonly saving: JournalWriter;
  readonly #startRecords: ((started: RunStarted) => MakingRecords) | undefined;
  /** Whether the first records were added before the start. */
  #hasStart = false;
  readonly #conversations = new Map<number, Recorded>();
  /** Answers that wait for the event of their turn, which goes into the same record. */
  readonly #answers = new Map<number, Pick<FinishedTurnRecord, 'index' | 'message'>>();

  /** `startRecords`: absent for a run that goes on. `messages`: those that are in the journal already. */
  constructor(
    saving: JournalWriter,
    startRecords?: (started: RunStarted) => MakingRecords,
    messages?: ReadonlyMap<number, readonly Message[]>,
  ) {
    this.saving = saving;
    this.#startRecords = startRecords;
    for (const [index, { length }] of messages ?? []) this.#of(index).count = length;
  }

  /** The state of the run. Summaries are made from it. */
  follow(state: RunState): void {
    this.saving.follow(state);
  }

  /**
   * Records the start of a run that is started right after this, without keeping the event loop busy. Without it, the
   * start is recorded when the run starts, all at once.
   */
  async recordStart(started: RunStarted): Promise<void> {
    const work = new LongWork();
    const making = this.#startRecords?.(started);
    if (making === undefined) return;
    let step = making.next();
    while (!step.done) {
      await work.pause();
      step = making.next();
    }
    for (const add of this.#adding(started, step.value)) {
      add();
      await work.pause();
    }
    this.#hasStart = true;
  }

  /** Records an event, unless it is streamed text. Throws a `UserError` for one that cannot be encoded. */
  event(event: RunEvent): void {
    if (event.type === 'run.started') this.#start(event);
    if (event.type === 'run.reopened') this.saving.reopenRun();
    if (!isKeptEvent(event)) return;
    if ('conversation' in event && event.within === undefined)
      this.#follow(event.conversation, event);
    const record = this.#recordOf(event);
    try {
      if (milestones.has(event.type)) this.saving.appendNow(record);
      else this.saving.append(record);
    } catch (error) {
      // Its message is not in the journal: the next one takes that place.
      if (record.kind === 'turn') this.#of(record.conversation).count = record.index;
      throw error;
    }
    if (event.type === 'run.finished') this.#end();
  }

  /** Records a message that was added to a conversation's history. Throws as `event` does. */
  message(conversation: number, message: Message): void {
    this.#keepAnswer(conversation);
    const recorded = this.#of(conversation);
    const index = recorded.count;
    // The event of its turn follows at once, and goes into the same record.
    if (message.role === 'assistant') this.#answers.set(conversation, { index, message });
    else this.saving.append(messageRecord({ conversation, index, message }, recorded));
    recorded.count = index + 1;
  }

  /** Records what a tool call changed in the overlay of its conversation. */
  proposal(conversation: number, change: Omit<ProposalRecord, 'kind' | 'conversation'>): void {
    this.saving.append({ kind: 'proposal', conversation, ...change });
  }

  /** Records a tool result that was too long for the model. */
  output(conversation: number, output: ToolOutput): void {
    this.saving.append({ kind: 'output', conversation, ...output });
  }

  /** Records that a call that changes something is about to be made. */
  beginCall({ input, ...call }: BegunCall): void {
    const argsHash = hash('sha256', JSON.stringify(input) ?? '');
    this.saving.append({ kind: 'intent', ...call, argsHash, effect: 'change' });
  }

  /** Records how that call ended. */
  endCall(call: Omit<OutcomeRecord, 'kind'>): void {
    this.saving.appendNow({ kind: 'outcome', ...call });
  }

  /** Resolves when everything so far is on disk. Rejects with a `UserError` when it never will be. */
  async commit(): Promise<void> {
    this.#keepAnswers();
    await this.saving.commit();
  }

  #end(): void {
    this.#keepAnswers();
    this.saving.endRun();
  }

  #start(started: RunStarted): void {
    const making = this.#hasStart ? undefined : this.#startRecords?.(started);
    if (making === undefined) return;
    for (const add of this.#adding(started, allOf(making))) add();
  }

  /** Adds the first records, one with each call. With the last one, the system has all of them. */
  #adding(started: RunStarted, records: FirstRecords): readonly (() => void)[] {
    started.conversations.forEach(({ prompt }, index) => {
      this.#of(index).prompt = prompt;
    });
    return records.map((record, place) => () => {
      if (place === records.length - 1) this.saving.appendNow(record);
      else this.saving.append(record);
    });
  }

  #of(conversation: number): Recorded {
    const known = this.#conversations.get(conversation);
    if (known !== undefined) return known;
    const recorded: Recorded = { count: 0, outputs: new Map() };
    this.#conversations.set(conversation, recorded);
    return recorded;
  }

  #follow(conversation: number, event: KeptEvent): void {
    const recorded = this.#of(conversation);
    if (event.type !== 'turn.finished') this.#keepAnswer(conversation);
    if (event.type === 'conversation.requeued') recorded.count = 0;
    // Calls of a nested conversation may have the ids of those around it.
    if ('within' in event && event.within !== undefined) return;
    if (event.type === 'turn.started') recorded.outputs.clear();
    if (event.type === 'tool.finished') recorded.outputs.set(event.callId, event.output);
  }

  #keepAnswers(): void {
    for (const conversation of [...this.#answers.keys()]) this.#keepAnswer(conversation);
  }

  /** Records an answer whose turn had no event. */
  #keepAnswer(conversation: number): void {
    const answer = this.#answers.get(conversation);
    if (answer === undefined) return;
    this.#answers.delete(conversation);
    this.saving.append({ kind: 'message', conversation, ...answer });
  }

  #recordOf(event: KeptEvent): JournalRecord {
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
    this.#of(conversation).lastTurn = { turn, text };
    return { kind: 'turn', conversation, ...answer, event };
  }

  /** Usually the answer is the text of the last turn, which has a record already. */
  #endingRecord(event: ConversationFinished): JournalRecord {
    const recorded = this.#of(event.conversation);
    const { lastTurn } = recorded;
    delete recorded.lastTurn;
    if (lastTurn === undefined || event.answer === '' || lastTurn.text !== event.answer) {
      return { kind: 'event', event };
    }
    return { kind: 'event', event: { ...event, answer: '' }, answerTurn: lastTurn.turn };
  }
}

/** The record of a message, without texts that are in other records. */
function messageRecord(
  at: Omit<MessageRecord, 'kind'>,
  { prompt, outputs }: Recorded,
): MessageRecord {
  const { message } = at;
  if (message.role === 'user' && message.text === prompt) {
    return { kind: 'message', ...at, message: { role: 'user', text: '' }, isPrompt: true };
  }
  if (message.role !== 'tool') return { kind: 'message', ...at };
  const isKept = ({ callId, content }: ToolOutcome): boolean =>
    content !== '' && outputs.get(callId) === content;
  const known = message.outcomes.filter(isKept).map(({ callId }) => callId);
  if (known.length === 0) return { kind: 'message', ...at };
  const outcomes = message.outcomes.map((one) => (isKept(one) ? { ...one, content: '' } : one));
  return { kind: 'message', ...at, message: { ...message, outcomes }, outputs: known };
}
