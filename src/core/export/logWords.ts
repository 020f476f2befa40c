import { answererWords } from '../../shared/answerer.ts';
import type { CallDecision } from '../../shared/callDecision.ts';
import { decisionWords } from '../../shared/callDecision.ts';
import type { ConversationEvent, EventOf, RunEvent } from '../../shared/conversationEvents.ts';
import type { ConversationState } from '../../shared/conversationState.ts';
import { answererOf, askedAt, lastDiscarded, ownTimeMs } from '../../shared/conversationState.ts';
import { formatEstimate } from '../../shared/cost.ts';
import { limitWordsOf } from '../../shared/limitWords.ts';
import {
  formatBytes,
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
import type { Usage } from '../../shared/usage.ts';
import type { Wait, WaitReason } from '../../shared/wait.ts';
import { repetitionWords, untilWords } from '../../shared/waitWords.ts';
import { clipEnd } from '../base/text.ts';

/** Max length of a log line, in UTF-16 units. */
export const maxLogLine = 2_000;

/** What the log says about an event of the whole run. */
export function wordsOfRunEvent(
  run: RunState,
  event: Exclude<RunEvent, ConversationEvent>,
): string {
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
export function turnColumn(event: ConversationEvent): string {
  const [outer] = event.within ?? [];
  if (outer !== undefined) return `t${turnOfKey(outer)}`;
  return 'turn' in event ? `t${event.turn}` : '';
}

/** What happened; in a nested conversation behind the agents that lead to it, and its own turn. */
export function wordsOfConversationEvent(
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
