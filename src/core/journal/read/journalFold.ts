import type { RunStarted } from '../../../shared/conversationEvents.ts';
import type { ConversationState } from '../../../shared/conversationState.ts';
import { queuedConversation } from '../../../shared/conversationState.ts';
import type { PlannedConversation } from '../../../shared/plannedRun.ts';
import { formatPromptId } from '../../../shared/promptId.ts';
import type { RunState } from '../../../shared/runState.ts';
import { applyRunEvent, interruptRun, startRunState } from '../../../shared/runState.ts';
import type { KeptEvent } from '../../base/eventSchemas.ts';
import { timeOfUlid } from '../../base/ulid.ts';
import type { Message } from '../../providers/message.ts';
import { countTurns } from '../../providers/message.ts';
import type {
  EventRecord,
  FinishedTurnRecord,
  IntentRecord,
  JournalRecord,
  MessageRecord,
  OutcomeRecord,
  PlannedRecord,
  StartRecord,
} from '../record/journalRecord.ts';
import { withPrompts } from '../record/promptTexts.ts';
import type { BegunCall } from './begunCalls.ts';
import { BegunCalls } from './begunCalls.ts';
import { KeptProposals } from './keptProposals.ts';

/** Max conversations of a run whose first record is lost. */
const maxConversations = 100_000;

/** The records of a journal, folded one by one. */
export class JournalFold {
  readonly #runId: string;
  /** Undefined until a record names a conversation. */
  state: RunState | undefined;
  /** The first record; undefined when it is damaged or was never written. */
  start: StartRecord | undefined;
  readonly plans: PlannedRecord[] = [];
  /** The messages of each conversation, up to its first gap. */
  readonly messages = new Map<number, Message[]>();
  readonly proposals = new KeptProposals();
  readonly #gaps = new Set<number>();
  /** Calls that change something, by conversation: they are never repeated. */
  readonly begunCalls = new Map<number, BegunCalls>();

  /** `state`: the fold of all records before. */
  constructor(runId: string, state?: RunState) {
    this.#runId = runId;
    this.state = state;
  }

  /** What the run was started with, including the prompts. */
  get definition(): unknown {
    if (this.start?.count === undefined) return this.start?.definition;
    const prompts = this.state?.conversations.map(({ prompt }) => prompt);
    return withPrompts(this.start.definition, prompts ?? []);
  }

  /** The record with the texts that are in other records. Undefined when such a text is lost. */
  complete(record: JournalRecord): JournalRecord | undefined {
    if (record.kind === 'event' && record.answerTurn !== undefined) return this.#withAnswer(record);
    if (record.kind !== 'message') return record;
    const conversation = this.state?.conversations[record.conversation];
    if (record.isPrompt) {
      const text = conversation?.prompt;
      return text === undefined ? undefined : { ...record, message: { role: 'user', text } };
    }
    if (record.outputs === undefined) return record;
    return withOutputs(record, conversation, this.#turnBefore(record));
  }

  /** The turn whose calls a message answers; undefined behind a gap, where the message will not count. */
  #turnBefore({ conversation, index }: MessageRecord): number | undefined {
    const history = this.messages.get(conversation) ?? [];
    return index > history.length ? undefined : countTurns(history.slice(0, index));
  }

  #withAnswer(record: EventRecord): EventRecord | undefined {
    const { event, answerTurn } = record;
    if (event.type !== 'conversation.finished') return undefined;
    const turns = this.state?.conversations[event.conversation]?.turns ?? [];
    const answer = turns.findLast(({ turn }) => turn === answerTurn)?.text;
    return answer === undefined ? undefined : { ...record, event: { ...event, answer } };
  }

  add(record: JournalRecord): void {
    this.proposals.add(record);
    switch (record.kind) {
      case 'run.start':
        this.#addStart(record);
        return;
      case 'planned':
        this.plans.push(record);
        this.#addPlan(record);
        return;
      case 'event':
        this.#addEvent(record.event);
        return;
      case 'turn':
        this.#addEvent(record.event);
        this.#addMessage(record);
        return;
      case 'message':
        this.#addMessage(record);
        return;
      case 'intent':
        if (record.effect === 'change') this.#addCall(record, { kind: 'begun' });
        return;
      case 'outcome':
        this.#addCall(record, {
          kind: 'begun',
          result: record.result === 'done' ? 'done' : 'failed',
        });
        return;
      case 'output':
      case 'proposal':
      case 'note':
        return;
      default:
        record satisfies never;
    }
  }

  /** Conversations with a missing message: their history ends before it. */
  get incomplete(): ReadonlySet<number> {
    const incomplete = new Set(this.#gaps);
    for (const { index, turns } of this.state?.conversations ?? []) {
      const known = countTurns(this.messages.get(index) ?? []);
      if ((turns.at(-1)?.turn ?? 0) > known) incomplete.add(index);
    }
    return incomplete;
  }

  #addStart(record: StartRecord): void {
    if (this.start !== undefined) return;
    this.start = record;
    const { started, count } = record;
    const { provider, model } = started.agent;
    const conversations =
      count === undefined
        ? started.conversations
        : Array.from({ length: count }, (_, index) => lostConversation(index, provider, model));
    this.state = startRunState({ ...started, conversations: [...conversations] });
    for (const plan of this.plans) this.#addPlan(plan);
  }

  #addPlan({ conversation: index, planned }: PlannedRecord): void {
    if (this.#conversation(index)?.lost) this.#learn(index, planned, false);
  }

  /** Adds what was planned for a conversation whose plan was lost so far. */
  #learn(index: number, planned: Partial<PlannedConversation>, isLost: boolean): void {
    const state = this.state;
    const before = state?.conversations[index];
    if (state === undefined || before === undefined) return;
    const { lost: _, ...conversation } = { ...before, ...planned };
    state.conversations[index] = isLost ? { ...conversation, lost: true } : conversation;
    const plans = state.started.conversations as PlannedConversation[];
    const { lost: __, ...plan } = { ...(plans[index] ?? conversation), ...planned };
    plans[index] = isLost ? { ...plan, lost: true } : plan;
  }

  /** A conversation. Without the first record, it is created when a record names it. */
  #conversation(index: number): ConversationState | undefined {
    if (this.start === undefined && index < maxConversations) {
      this.state ??= startRunState(unknownStart(this.#runId));
      const { conversations, started } = this.state;
      for (let next = conversations.length; next <= index; next++) {
        const lost = lostConversation(next, '', '');
        (started.conversations as PlannedConversation[]).push(lost);
        conversations.push(queuedConversation(lost, next));
        this.state.counts = { ...this.state.counts, queued: this.state.counts.queued + 1 };
      }
    }
    return this.state?.conversations[index];
  }

  #addEvent(event: KeptEvent): void {
    if ('conversation' in event) this.#conversation(event.conversation);
    if (event.type === 'conversation.requeued') this.#restart(event.conversation);
    if (this.state === undefined) return;
    // A run that goes on without having ended was interrupted: the process died before it could record that.
    if (event.type === 'run.reopened') interruptRun(this.state);
    applyRunEvent(this.state, event);
  }

  #restart(conversation: number): void {
    this.messages.delete(conversation);
    this.#gaps.delete(conversation);
    this.begunCalls.delete(conversation);
  }

  #addCall({ conversation, turn, callId }: IntentRecord | OutcomeRecord, call: BegunCall): void {
    const calls = this.begunCalls.get(conversation) ?? new BegunCalls();
    calls.add(turn, callId, call);
    this.begunCalls.set(conversation, calls);
  }

  #addMessage({ conversation, index, message }: MessageRecord | FinishedTurnRecord): void {
    const known = this.#conversation(conversation);
    if (message.role === 'user' && known?.lost && known.prompt === '') {
      this.#learn(conversation, { prompt: message.text }, true);
    }
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

/** `turn`: the one whose calls the message answers, where it is known. A server may use an id again later. */
function withOutputs(
  record: MessageRecord,
  conversation: ConversationState | undefined,
  turn: number | undefined,
): MessageRecord | undefined {
  const { message, outputs = [] } = record;
  if (message.role !== 'tool' || conversation === undefined) return undefined;
  const calls = conversation.toolCalls.filter((call) => turn === undefined || call.turn === turn);
  const known = new Map(calls.map(({ callId, output }) => [callId, output]));
  if (outputs.some((callId) => known.get(callId) === undefined)) return undefined;
  const outcomes = message.outcomes.map((outcome) => {
    const isElsewhere = outcome.content === '' && outputs.includes(outcome.callId);
    return isElsewhere ? { ...outcome, content: known.get(outcome.callId) ?? '' } : outcome;
  });
  return { ...record, message: { ...message, outcomes } };
}

/** Replaces the plan of a conversation that is lost. */
function lostConversation(index: number, provider: string, model: string): PlannedConversation {
  const name = `Prompt ${index + 1}`;
  const id = formatPromptId({ file: '', slug: `prompt-${index + 1}` });
  return { id, name, prompt: '', provider, model, lost: true };
}

/** Replaces a first record that is lost. */
function unknownStart(id: string): RunStarted {
  return {
    ...{ type: 'run.started', id, number: 0, title: 'Run with a damaged beginning' },
    startedAt: new Date(timeOfUlid(id)).toISOString(),
    simulated: false,
    agent: {
      ...{ name: '', provider: '', model: '', tools: [] },
      ...{ mode: 'concurrent', toolExecution: 'serial', concurrency: 'auto' },
    },
    conversations: [],
  };
}
