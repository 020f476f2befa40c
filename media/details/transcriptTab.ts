import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type {
  ConversationState,
  ToolCallRecord,
  TurnRecord,
} from '../../src/shared/conversationState.ts';
import { formatClock, formatDuration, plural } from '../../src/shared/quantities.ts';
import { icon } from '../panel/controls.ts';
import { callText } from '../text/preview.ts';
import { prettyJson } from '../text/visibleText.ts';
import { discardedNote } from './errorBox.ts';
import { pagedRows } from './pagedRows.ts';
import { thinkingPart } from './thinkingPart.ts';
import { callResult } from './toolsTab.ts';

/** The conversation turn by turn: the prompt, what the model wrote, and its calls, folded. */
export function transcriptTab(conversation: ConversationState): TemplateResult {
  const { prompt, turns, toolCalls } = conversation;
  return html`<table class="transcript">
    <tbody>
      <tr>
        <th scope="row">Prompt</th>
        <td><interleave-clip prose .text=${prompt}></interleave-clip></td>
      </tr>
      ${guard([turns, toolCalls], () => pagedRows(turns, 2, (record) => turnRow(record, toolCalls)))}
      ${openTurn(conversation)}
    </tbody>
  </table>`;
}

function turnRow(turn: TurnRecord, calls: readonly ToolCallRecord[]): TemplateResult {
  const own = calls.filter((call) => call.turn === turn.turn);
  return html`<tr>
    <th scope="row">
      Turn ${turn.turn}
      <span class="turn-time">${formatClock(turn.startMs)}</span>
      <span class="turn-time">${formatDuration(turn.endMs - turn.startMs)}</span>
    </th>
    <td>
      ${discardedAttempts(turn)}
      ${turn.text === '' ? nothing : markdown(turn.text, false)} ${own.map(foldedCall)}
    </td>
  </tr>`;
}

/** Of attempts that were thrown away before a turn succeeded, their number is what is left. */
function discardedAttempts({ attempts }: TurnRecord): TemplateResult | typeof nothing {
  if (attempts <= 1) return nothing;
  const text = `${plural(attempts - 1, 'earlier attempt')} discarded`;
  return html`<div class="earlier">${icon('history')} ${text}</div>`;
}

/** The turn under way, once there is something to say of it. */
function openTurn(conversation: ConversationState): TemplateResult | typeof nothing {
  const { turn, partial, thinking, discarded } = conversation;
  if (partial === '' && discarded === undefined && thinking === '') return nothing;
  return html`<tr>
    <th scope="row">Turn ${turn}</th>
    <td>
      ${discardedNote(conversation)} ${thinkingPart(conversation)}
      ${partial === '' ? nothing : markdown(partial, true)}
    </td>
  </tr>`;
}

function markdown(text: string, live: boolean): TemplateResult {
  return html`<interleave-markdown .source=${{ text, live }}></interleave-markdown>`;
}

function foldedCall(call: ToolCallRecord): TemplateResult {
  const mark = call.isError ? icon('error', 'state-failed') : icon('tools');
  return html`<details class="fold call">
    <summary>${mark} <code>${callText(call)}</code></summary>
    <div class="call-part">Arguments</div>
    <interleave-clip .text=${prettyJson(call.input)}></interleave-clip>
    <div class="call-part">Result</div>
    ${callResult(call)}
  </details>`;
}
