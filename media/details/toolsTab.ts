import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { decisionWords } from '../../src/shared/callDecision.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { askedAt, hasEnded } from '../../src/shared/conversationState.ts';
import { formatClock, formatDuration } from '../../src/shared/quantities.ts';
import type { ToolSpan } from '../../src/shared/span.ts';
import { callKey, toolSpans } from '../../src/shared/span.ts';
import type { ToolCallRecord } from '../../src/shared/toolCall.ts';
import { openCallWords } from '../../src/shared/toolCall.ts';
import { icon } from '../panel/controls.ts';
import { compactJson, prettyJson, visibleLine } from '../text/visibleText.ts';
import { pagedRows } from './pagedRows.ts';

const shortArguments = 80;

/** All tool calls in order, with arguments and results. */
export function toolsTab(conversation: ConversationState): TemplateResult {
  const { toolCalls, asked } = conversation;
  if (toolCalls.length === 0) return html`<p class="note">No tool was called.</p>`;
  return html`${guard([toolCalls, asked, hasEnded(conversation)], () => toolsTable(conversation))}`;
}

function toolsTable(conversation: ConversationState): TemplateResult {
  return html`<table class="details-table tools-table">
    <thead>
      <tr>
        <th scope="col" class="number wide-only" title="Place in the run-wide order of events">#</th>
        <th scope="col" class="number wide-only">Start</th>
        <th scope="col" class="number">Time</th>
        <th scope="col">Tool</th>
        <th scope="col">Arguments</th>
        <th scope="col">Result</th>
      </tr>
    </thead>
    <tbody>${pagedRows(callsOf(conversation), 6, toolRow)}</tbody>
  </table>`;
}

/** A call with its conversation, and the agents that lead to it if that is nested. */
interface PlacedCall {
  readonly call: ToolCallRecord;
  readonly span: ToolSpan | undefined;
  readonly conversation: ConversationState;
  readonly path: string;
}

/** The calls in order, those of a nested conversation below the call that holds it. */
function callsOf(conversation: ConversationState, path = ''): readonly PlacedCall[] {
  const timed = toolSpans(conversation);
  return conversation.toolCalls.flatMap((call) => {
    const key = callKey(call);
    const nested = askedAt(conversation, [key]);
    const own = { call, span: timed.get(key), conversation, path };
    if (nested === undefined) return [own];
    return [own, ...callsOf(nested, `${path}${nested.agentName ?? nested.model} > `)];
  });
}

function toolRow({ call, span, conversation, path }: PlacedCall): TemplateResult {
  return html`<tr>
    <td class="number wide-only">${call.seq}</td>
    <td class="number wide-only">${span === undefined ? '' : formatClock(span.startMs)}</td>
    <td class="number">${span?.endMs === undefined ? '' : formatDuration(span.endMs - span.startMs)}</td>
    <td class="tool-name"><code>${visibleLine(path + call.name, 100)}</code></td>
    <td class="tool-arguments">${clipped(argumentsText(call.input))}</td>
    <td class="tool-result">${callResult(call, conversation)}</td>
  </tr>`;
}

/** Short arguments are on one line, long ones indented. */
export function argumentsText(input: unknown): string {
  const compact = compactJson(input);
  return compact.length <= shortArguments ? compact : prettyJson(input);
}

/** The result of a call. Errors and calls that no tool ran have an icon; a call without a result says what it waits for. */
export function callResult(call: ToolCallRecord, conversation: ConversationState): TemplateResult {
  if (call.state !== 'ended') {
    return html`<span class="note">${openCallWords(call, hasEnded(conversation))}</span>${decidedBy(call)}`;
  }
  const mark = call.isError
    ? html`<span class="tool-error">${icon('error', 'state-failed')} ${call.wasRun ? 'error' : 'not run'}</span>`
    : nothing;
  return html`${mark}${decidedBy(call)}${call.output === '' ? html`<span class="note">empty</span>` : clipped(call.output)}`;
}

/** What decided on a call, or asks for a decision; of a command line, what the rules say of each command. */
function decidedBy({ decision }: ToolCallRecord): TemplateResult | typeof nothing {
  if (decision === undefined) return nothing;
  const parts = (decision.parts ?? []).map((part) => `${part.text}: ${decisionWords(part)}`);
  const lines = [decisionWords(decision), ...parts];
  return html`<span class="note decided-by">${lines.map(
    (line) => html`<span dir="auto">${visibleLine(line, 500)}</span>`,
  )}</span>`;
}

function clipped(text: string): TemplateResult {
  return html`<interleave-clip .text=${text}></interleave-clip>`;
}
