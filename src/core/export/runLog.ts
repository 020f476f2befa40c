import { answererWords } from '../../shared/answerer.ts';
import type { CallDecision } from '../../shared/callDecision.ts';
import { decisionWords } from '../../shared/callDecision.ts';
import type {
  ConversationEvent,
  EventOf,
  RunEvent,
  Usage,
} from '../../shared/conversationEvents.ts';
import { isConversationEvent } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { answererOf, askedAt, lastDiscarded, ownTimeMs } from '../../shared/conversationState.ts';
import { formatEstimate } from '../../shared/cost.ts';
import { limitWordsOf } from '../../shared/limitWords.ts';
import { parsePromptId } from '../../shared/promptId.ts';
import {
  formatBytes,
  formatClock,
  formatComparison,
  formatCount,
  formatDuration,
  plural,
} from '../../shared/quantities.ts';
import { raisedWords } from '../../shared/raisedLimits.ts';
import type { RunState } from '../../shared/runState.ts';
import { compareRun } from '../../shared/runState.ts';
import { durationOf, requestOf, toolSpanOf, turnOfKey } from '../../shared/span.ts';
import { isQuestion } from '../../shared/toolCall.ts';
import type { Wait, WaitReason } from '../../shared/wait.ts';
import { repetitionWords, untilWords } from '../../shared/waitWords.ts';
import { redactSecrets } from '../base/redact.ts';
import { clipEnd, visibleText } from '../base/text.ts';

/** Max length of a log line, in UTF-16 units. */
export const maxLogLine = 2_000;

/** Max width of the name column, which is as wide as the longest name. */
const maxNameColumn = 24;

/** Max length of a name that is searched for secrets; names in prompt files are shorter. */
const maxName = 200;

/**
 * Formats the events of a run as log lines: one line for each event, in fixed columns. Every line starts with
 * time, run and conversation, so that interleaved lines stay readable and searchable. Text from models and tools
 * cannot start a line of its own or imitate one.
 */
export class RunLog {
  readonly #run: RunState;
  readonly #nameWidth: number;
  readonly #order: 'interleaved' | 'grouped';
  readonly #held = new Map<number, string[]>();

  /** With `grouped`, the lines of a conversation are held back until it has ended. */
  constructor(run: RunState, order: 'interleaved' | 'grouped') {
    this.#run = run;
    this.#order = order;
    const widths = run.conversations.map((conversation) => shortName(conversation).length);
    this.#nameWidth = Math.min(maxNameColumn, Math.max(3, ...widths));
  }

  /** The lines to write for an event that `run` already contains; often none. */
  lines(event: RunEvent): readonly string[] {
    if (!isConversationEvent(event)) return [this.#runLine(event)];
    const line = this.#conversationLine(event);
    if (this.#order === 'interleaved') return line === undefined ? [] : [line];
    const held = this.#held.get(event.conversation) ?? [];
    if (line !== undefined) held.push(line);
    this.#held.set(event.conversation, held);
    if (event.type !== 'conversation.finished' || event.within !== undefined) return [];
    this.#held.delete(event.conversation);
    return held;
  }

  #runLine(event: Exclude<RunEvent, ConversationEvent>): string {
    const total = this.#run.conversations.length;
    const column = `${`all/${total}`.padEnd(this.#indexWidth())} ${''.padEnd(this.#nameWidth)}`;
    const atMs = event.type === 'run.started' ? 0 : event.atMs;
    return this.#compose(atMs, `${column}     `, describeRun(this.#run, event));
  }

  #conversationLine(event: ConversationEvent): string | undefined {
    const conversation = this.#run.conversations[event.conversation];
    if (conversation === undefined) return undefined;
    const text = describePlaced(conversation, event);
    if (text === undefined) return undefined;
    const digits = String(this.#run.conversations.length).length;
    const index = `p${String(event.conversation + 1).padStart(digits, '0')}`;
    const position = `${index}/${this.#run.conversations.length}`.padEnd(this.#indexWidth());
    const name = clipEnd(shortName(conversation), this.#nameWidth).padEnd(this.#nameWidth);
    const turn = turnOf(event);
    return this.#compose(event.atMs, `${position} ${name}  ${turn.padEnd(3)}`, text);
  }

  #indexWidth(): number {
    return 2 * String(this.#run.conversations.length).length + 3;
  }

  #compose(atMs: number, column: string, text: string): string {
    const prefix = `${formatClock(atMs)}  r${this.#run.started.number}  ${column} `;
    // Clipped before the search, because text that is not shown need not be searched. It is clipped to twice the
    // shown length, so that a secret at the end of the shown text is recognised.
    const safe = redactSecrets(clipEnd(text, 2 * maxLogLine));
    return clipEnd(prefix + shownText(clipEnd(safe, maxLogLine)), maxLogLine);
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for control characters.
const terminalStart = /[\u001b\u0080-\u009f]/;

/**
 * Redacted text on one line, without terminal sequences. Removing a sequence joins the text around it, which can
 * complete a secret, so such a text is redacted again.
 */
function shownText(safe: string): string {
  const shown = visibleText(safe);
  return terminalStart.test(safe) ? redactSecrets(shown) : shown;
}

/** The part of a conversation's id that is unique within its file. */
function shortName({ id }: ConversationState): string {
  return shownText(redactSecrets(clipEnd(parsePromptId(id).slug, maxName)));
}

function describeRun(run: RunState, event: Exclude<RunEvent, ConversationEvent>): string {
  const { started, counts } = run;
  if (event.type === 'run.paused') {
    const { kind, message } = event.error;
    return kind === 'internal' ? `‖ paused: ${message}` : `‖ paused: ${kind}: ${message}`;
  }
  if (event.type === 'run.resumed') return '▶ resumed';
  if (event.type === 'run.noted') return `i ${event.text}`;
  if (event.type === 'run.decided') {
    return `◆ ${plural(event.calls.length, 'tool call')} ${decisionWords(event.decision)}`;
  }
  if (event.type === 'run.reopened') return '▶ again: what did not succeed';
  if (event.type === 'run.started') {
    const model = `${started.agent.provider} ${started.agent.model}`;
    const prompts = plural(started.conversations.length, 'prompt');
    const note = started.simulated ? ', simulated answers' : '';
    const estimate = started.estimate === undefined ? '' : formatEstimate(started.estimate);
    return `▶ ${started.title}: ${prompts}, ${model}, ${started.agent.mode}${note}${estimate && `; ${estimate}`}`;
  }
  const ends = (['done', 'failed', 'stopped', 'cancelled'] as const)
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${status}`);
  return `■ ${event.state}: ${ends.join(', ')}; ${formatComparison(compareRun(run))}`;
}

/** The turn of the conversation; of a nested one, that in which it was begun. */
function turnOf(event: ConversationEvent): string {
  const [outer] = event.within ?? [];
  if (outer !== undefined) return `t${turnOfKey(outer)}`;
  return 'turn' in event ? `t${event.turn}` : '';
}

/** What happened; in a nested conversation behind the agents that lead to it, and its own turn. */
function describePlaced(
  conversation: ConversationState,
  { within = [], ...event }: ConversationEvent,
): string | undefined {
  const place = within.map(
    (_, depth) => `${askedAt(conversation, within.slice(0, depth + 1))?.agentName ?? '?'} > `,
  );
  const nested = askedAt(conversation, within);
  const text = nested && describe(nested, event);
  if (text === undefined || place.length === 0) return text;
  const turn = 'turn' in event ? `t${event.turn} ` : '';
  return `${place.join('')}${turn}${text}`;
}

function describe(conversation: ConversationState, event: ConversationEvent): string | undefined {
  switch (event.type) {
    case 'turn.delta':
    case 'turn.thinking':
      return undefined;
    case 'conversation.requeued':
      return '↻ queued again';
    case 'conversation.resumed':
      return `↻ resumed after ${plural(conversation.turns.length, 'turn')}${raisedNote(event)}`;
    case 'conversation.started':
      return `▶ ${answererWords(answererOf(conversation))}`;
    case 'conversation.waiting':
      return describeWait(event, conversation, event.atMs);
    case 'turn.started':
      return event.attempt > 1 ? `↻ attempt ${event.attempt}` : undefined;
    case 'turn.discarded':
      return `✕ attempt ${event.attempt} ${event.error.kind}: ${event.error.message}${spentNote(event.usage)}`;
    case 'turn.finished':
      return describeTurn(conversation, event);
    case 'tool.checked':
      return `… ${event.name} waits for other calls`;
    case 'tool.waiting':
      return `… ${event.name} waits for ${isQuestion(event) ? 'an answer' : 'a decision'}: ${inputOf(conversation, event)}${decisionNote(event)}`;
    case 'tool.started':
      return `→ ${event.name} ${toJson(event.input)}${decisionNote(event)}`;
    case 'tool.finished':
      return describeToolResult(conversation, event);
    case 'agent.changed':
      return `⇒ handed over to ${answererWords(event.to)}`;
    case 'agent.asked':
      return `⇢ asks ${answererWords(event.by)}: ${event.prompt}`;
    case 'conversation.finished':
      return describeEnd(conversation, event);
  }
}

const waitNames: { readonly [R in Exclude<WaitReason, 'retry'>]: string } = {
  slot: 'waiting for a free slot',
  rate_limit: 'waiting for rate limit',
  warm_up: 'waiting for the prompt cache',
  budget: 'waiting for the budget, others may use it up',
  offline: 'offline, next try',
  blocked: 'paused',
  decision: 'waiting for a decision',
};

function describeWait(wait: Wait, conversation: ConversationState, atMs: number): string {
  const { reason, untilMs, untilTime } = wait;
  const failure = lastDiscarded(conversation)?.error.kind;
  const what = reason === 'retry' ? repetitionWords(wait, failure) : waitNames[reason];
  if (untilMs === undefined) return `… ${what}`;
  const leftMs = Math.max(0, untilMs - atMs);
  const end = untilTime === undefined ? formatDuration(leftMs) : untilWords(untilTime, leftMs);
  return reason === 'offline' ? `… ${what} ${end}` : `… ${what}, ${end}`;
}

function describeTurn(conversation: ConversationState, event: EventOf<'turn.finished'>): string {
  const request = requestOf(conversation, event.turn);
  const time = request === undefined ? '' : `${formatDuration(durationOf(request, event.atMs))}, `;
  const tokens = event.usage.incomplete ? 'tokens not reported' : tokenWords(event.usage);
  const calls = event.toolCalls.length;
  return `· ${calls > 0 ? `asks for ${plural(calls, 'tool call')}` : 'answers'}, ${time}${tokens}`;
}

/** What decided on a call. */
function decisionNote({ decision }: { readonly decision?: CallDecision }): string {
  return decision === undefined ? '' : ` (${decisionWords(decision)})`;
}

/** Limits that were raised so that the conversation can go on. */
function raisedNote({ raised }: EventOf<'conversation.resumed'>): string {
  return raised === undefined ? '' : `, limit raised: ${raisedWords(raised)}`;
}

/** The arguments of a call that did not start. */
function inputOf(
  { toolCalls }: ConversationState,
  { callId, turn }: EventOf<'tool.waiting' | 'tool.finished'>,
): string {
  return toJson(toolCalls.findLast((call) => call.callId === callId && call.turn === turn)?.input);
}

function describeToolResult(
  conversation: ConversationState,
  event: EventOf<'tool.finished'>,
): string {
  const time = formatDuration(
    event.atMs - (toolSpanOf(conversation, event)?.startMs ?? event.atMs),
  );
  if (event.wasRun === false)
    return `← ${event.name} ${inputOf(conversation, event)} not run: ${event.output}${decisionNote(event)}`;
  if (event.isError) return `← ${event.name} error ${time}: ${event.output}`;
  const size = formatBytes(Buffer.byteLength(event.output));
  const { wholeBytes } = event;
  if (wholeBytes === undefined) return `← ${event.name} ok ${time} ${size}`;
  return `← ${event.name} ok ${time}, clipped ${formatBytes(wholeBytes)} → ${size}`;
}

function describeEnd(
  conversation: ConversationState,
  event: EventOf<'conversation.finished'>,
): string {
  const time = formatDuration(ownTimeMs(conversation, event.atMs));
  switch (event.status) {
    case 'done': {
      const turns = plural(conversation.turns.length, 'turn');
      return `✓ done in ${time}, ${turns}, ${plural(conversation.toolCalls.length, 'tool call')}`;
    }
    case 'failed':
      return `✕ failed after ${time}: ${event.reason}: ${event.error?.message ?? ''}`;
    case 'stopped':
      return `⚠ stopped after ${time}: ${limitWordsOf(event) ?? event.reason}`;
    case 'cancelled':
      return `⊘ cancelled${spentNote(event.usage)}`;
  }
}

/** The tokens that a failed or cancelled request used, if the provider reported them. */
function spentNote(usage: Usage | undefined): string {
  if (usage === undefined || usage.incomplete) return '';
  return ` (${tokenWords(usage)})`;
}

function tokenWords({ inputTokens, outputTokens }: Usage): string {
  return `${formatCount(inputTokens)} tokens in, ${formatCount(outputTokens)} out`;
}

/** JSON with unescaped control characters, which `#compose` treats like those of any other text. */
function toJson(input: unknown): string {
  const json = clipEnd(JSON.stringify(input) ?? 'undefined', 2 * maxLogLine);
  return json.replaceAll(/\\u00[01][0-9a-f]/g, (code) => JSON.parse(`"${code}"`) as string);
}
