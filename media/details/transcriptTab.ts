import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { answererWords } from '../../src/shared/answerer.ts';
import type { ConversationState, TurnRecord } from '../../src/shared/conversationState.ts';
import { answererOf, askedAt, hasEnded } from '../../src/shared/conversationState.ts';
import { formatClock, formatDuration } from '../../src/shared/quantities.ts';
import type { RequestSpan } from '../../src/shared/span.ts';
import { callKey, discardedOf, durationOf, requestOf } from '../../src/shared/span.ts';
import type { ToolCallRecord } from '../../src/shared/toolCall.ts';
import { isFailedCall } from '../../src/shared/toolCall.ts';
import { icon } from '../panel/controls.ts';
import { callText } from '../text/preview.ts';
import { firstTokenTitle } from '../text/timings.ts';
import { prettyJson, visibleLine } from '../text/visibleText.ts';
import { discardedNote } from './errorBox.ts';
import { pagedRows } from './pagedRows.ts';
import { thinkingPart } from './thinkingPart.ts';
import { callResult } from './toolsTab.ts';

/** The conversation turn by turn: the prompt, the model's text, and its tool calls, folded. */
export function transcriptTab(conversation: ConversationState): TemplateResult {
  const { prompt, turns, toolCalls, asked } = conversation;
  return html`<table class="transcript">
    <tbody>
      <tr>
        <th scope="row">Prompt</th>
        <td><interleave-clip prose .text=${prompt}></interleave-clip></td>
      </tr>
      ${guard([turns, toolCalls, asked, hasEnded(conversation)], () =>
        pagedRows(turns, 2, (record) => turnRow(record, conversation)),
      )}
      ${openTurn(conversation)}
    </tbody>
  </table>`;
}

function turnRow(turn: TurnRecord, conversation: ConversationState): TemplateResult {
  const calls = conversation.toolCalls.filter((call) => call.turn === turn.turn);
  const request = requestOf(conversation, turn.turn);
  return html`<tr>
    <th scope="row">
      Turn ${turn.turn} ${agentName(turn)} ${request === undefined ? nothing : turnTimes(request)}
    </th>
    <td>
      ${discardedOf(conversation, turn.turn).map(discardedNote)}
      ${turn.text === '' ? nothing : markdown(turn.text, false)}
      ${calls.map((call) => foldedCall(call, conversation))}
    </td>
  </tr>`;
}

/** The agent that answered; its provider and model in the tooltip. */
function agentName({ by }: TurnRecord): TemplateResult | typeof nothing {
  if (by.agent === undefined) return nothing;
  return html`<span class="turn-time" title=${answererWords(by)}>${visibleLine(by.agent, 40)}</span>`;
}

/** When the turn's request was sent and how long it took; the first token in the tooltip. */
function turnTimes(request: RequestSpan): TemplateResult {
  return html`<span class="turn-time">${formatClock(request.startMs)}</span>
    <span class="turn-time" title=${firstTokenTitle(request)}
      >${formatDuration(durationOf(request, request.startMs))}</span
    >`;
}

/** The turn that is not complete, once there is something to show. */
function openTurn(conversation: ConversationState): TemplateResult | typeof nothing {
  const { turn, turns, partial, thinking } = conversation;
  const isComplete = turns.at(-1)?.turn === turn;
  const discarded = isComplete ? [] : discardedOf(conversation, turn);
  if (partial === '' && discarded.length === 0 && thinking === '') return nothing;
  return html`<tr>
    <th scope="row">Turn ${turn}</th>
    <td>
      ${discarded.map(discardedNote)} ${thinkingPart(conversation)}
      ${partial === '' ? nothing : markdown(partial, true)}
    </td>
  </tr>`;
}

function markdown(text: string, live: boolean): TemplateResult {
  return html`<interleave-markdown .source=${{ text, live }}></interleave-markdown>`;
}

/** The nested conversation that a call holds, if it asks another agent. */
function askedBy(
  call: ToolCallRecord,
  conversation: ConversationState,
): TemplateResult | typeof nothing {
  const nested = askedAt(conversation, [callKey(call)]);
  if (nested === undefined) return nothing;
  return html`<div class="call-part">Conversation with ${visibleLine(answererWords(answererOf(nested)), 100)}</div>
    ${transcriptTab(nested)}`;
}

function foldedCall(call: ToolCallRecord, conversation: ConversationState): TemplateResult {
  const mark = isFailedCall(call) ? icon('error', 'state-failed') : icon('tools');
  return html`<details class="fold call">
    <summary>${mark} <code>${callText(call)}</code></summary>
    <div class="call-part">Arguments</div>
    <interleave-clip .text=${prettyJson(call.input)}></interleave-clip>
    ${askedBy(call, conversation)}
    <div class="call-part">Result</div>
    ${callResult(call, conversation)}
  </details>`;
}
