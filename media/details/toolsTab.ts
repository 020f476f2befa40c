import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ConversationState, ToolCallRecord } from '../../src/shared/conversationState.ts';
import { formatClock, formatDuration } from '../../src/shared/quantities.ts';
import { icon } from '../panel/controls.ts';
import { compactJson, prettyJson, visibleLine } from '../text/visibleText.ts';
import { pagedRows } from './pagedRows.ts';

const shortArguments = 80;

/** Every tool call in order, with what it was given and what it gave back. */
export function toolsTab(conversation: ConversationState): TemplateResult {
  const { toolCalls } = conversation;
  if (toolCalls.length === 0) return html`<p class="note">No tool was called.</p>`;
  return html`${guard([toolCalls], () => toolsTable(toolCalls))}`;
}

function toolsTable(calls: readonly ToolCallRecord[]): TemplateResult {
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
    <tbody>${pagedRows(calls, 6, toolRow)}</tbody>
  </table>`;
}

function toolRow(call: ToolCallRecord): TemplateResult {
  return html`<tr>
    <td class="number wide-only">${call.seq}</td>
    <td class="number wide-only">${formatClock(call.startMs)}</td>
    <td class="number">${call.endMs === undefined ? '' : formatDuration(call.endMs - call.startMs)}</td>
    <td class="tool-name"><code>${visibleLine(call.name, 100)}</code></td>
    <td class="tool-arguments">${clipped(argumentsText(call.input))}</td>
    <td class="tool-result">${callResult(call)}</td>
  </tr>`;
}

/** Short arguments on one line, long ones indented. */
export function argumentsText(input: unknown): string {
  const compact = compactJson(input);
  return compact.length <= shortArguments ? compact : prettyJson(input);
}

/** What a call gave back; errors carry an icon, and a running call says so. */
export function callResult(call: ToolCallRecord): TemplateResult {
  if (call.output === undefined) {
    const text = call.endMs === undefined ? 'running' : 'no result';
    return html`<span class="note">${text}</span>`;
  }
  const mark = call.isError
    ? html`<span class="tool-error">${icon('error', 'state-failed')} error</span>`
    : nothing;
  return html`${mark}${call.output === '' ? html`<span class="note">empty</span>` : clipped(call.output)}`;
}

function clipped(text: string): TemplateResult {
  return html`<interleave-clip .text=${text}></interleave-clip>`;
}
