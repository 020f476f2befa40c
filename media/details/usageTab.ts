import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { ConversationState, TurnRecord } from '../../src/shared/conversationState.ts';
import { hasOtherAgents } from '../../src/shared/conversationState.ts';
import { costOrUnknown, formatCost } from '../../src/shared/cost.ts';
import { formatDuration, formatInteger } from '../../src/shared/quantities.ts';
import type { RequestSpan } from '../../src/shared/span.ts';
import { durationOf, requestOf } from '../../src/shared/span.ts';
import type { Usage } from '../../src/shared/usage.ts';
import { cachedShare, conversationCost, costTitle, mayCost, priceText } from '../text/spending.ts';
import { firstTokenText } from '../text/timings.ts';
import { visibleLine } from '../text/visibleText.ts';
import { pagedRows } from './pagedRows.ts';

/** Tokens, costs, times and request ids of every turn, and their sum. */
export function usageTab(conversation: ConversationState): TemplateResult {
  const { turns, usage } = conversation;
  if (turns.length === 0 && !hasTokens(usage)) {
    return html`<p class="note">No turn has finished.</p>`;
  }
  return html`${guard(
    [turns, usage],
    () => html`<p class="note">${summary(conversation)}</p>
      ${usageTable(conversation)}`,
  )}`;
}

function hasTokens({ inputTokens, outputTokens }: Usage): boolean {
  return inputTokens + outputTokens > 0;
}

/** Usage and cost in one sentence, with the price. */
function summary(conversation: ConversationState): string {
  const { usage, price } = conversation;
  const share = cachedShare(usage);
  const cached = share === undefined ? '' : ` (${share} from the cache)`;
  const tokens = `${formatInteger(usage.inputTokens)} tokens in${cached}, ${formatInteger(usage.outputTokens)} out`;
  const cost = conversationCost(conversation);
  if (cost === null) return `${tokens}. ${costTitle([conversation])}`;
  if (hasOtherAgents(conversation))
    return `${tokens}: ${formatCost(cost)}, each turn at the price of its model.`;
  if (price === undefined || !mayCost(price)) return `${tokens}. No cost.`;
  return `${tokens}: ${formatCost(cost)} at ${priceText(price)}.`;
}

function usageTable(conversation: ConversationState): TemplateResult {
  const { turns, usage, price } = conversation;
  const row = (turn: TurnRecord): TemplateResult =>
    turnRow(turn, requestOf(conversation, turn.turn));
  const sum = hasOtherAgents(conversation)
    ? conversationCost(conversation)
    : costOrUnknown(usage, price);
  return html`<table class="details-table usage-table">
    <thead>
      <tr>
        <th scope="col" class="number">Turn</th>
        <th scope="col" class="number roomy">Time</th>
        <th scope="col" class="number wide-only" title="Time to the first text, thinking or tool call">First token</th>
        <th scope="col" class="number roomy">Attempts</th>
        <th scope="col" class="number">Input</th>
        <th scope="col" class="number">Cache read</th>
        <th scope="col" class="number roomy">Cache write</th>
        <th scope="col" class="number">Output</th>
        <th scope="col" class="number">Cost</th>
        <th scope="col" class="wide-only">Request</th>
      </tr>
    </thead>
    <tbody>${pagedRows(turns, 10, row)}</tbody>
    <tfoot>
      <tr>
        <th scope="row" class="number">Sum</th>
        <td class="roomy"></td>
        <td class="wide-only"></td>
        <td class="roomy"></td>
        ${usageCells(usage, sum)}
        <td class="wide-only">${isMore(usage, turns) ? 'with discarded attempts, earlier runs and asked agents' : nothing}</td>
      </tr>
    </tfoot>
  </table>`;
}

/** Whether tokens were used outside these turns. */
function isMore(usage: Usage, turns: readonly TurnRecord[]): boolean {
  const own = turns.reduce(
    (sum, turn) => sum + turn.usage.inputTokens + turn.usage.outputTokens,
    0,
  );
  return usage.inputTokens + usage.outputTokens > own;
}

function turnRow(turn: TurnRecord, request: RequestSpan | undefined): TemplateResult {
  return html`<tr>
    <td class="number">${turn.turn}</td>
    <td class="number roomy">${request === undefined ? '' : formatDuration(durationOf(request, request.startMs))}</td>
    <td class="number wide-only">${request === undefined ? '' : firstTokenText(request)}</td>
    <td class="number roomy">${request?.attempt ?? ''}</td>
    ${usageCells(turn.usage, costOrUnknown(turn.usage, turn.by.price))}
    <td class="wide-only"><code>${visibleLine(turn.requestId ?? '', 100)}</code></td>
  </tr>`;
}

function usageCells(usage: Usage, cost: number | null): TemplateResult {
  const share = cachedShare(usage);
  return html`<td class="number">${formatInteger(usage.inputTokens)}</td>
    <td class="number">${formatInteger(usage.cacheReadTokens)}${
      share === undefined ? nothing : html`<span class="roomy"> (${share})</span>`
    }</td>
    <td class="number roomy">${formatInteger(usage.cacheWriteTokens)}</td>
    <td class="number">${formatInteger(usage.outputTokens)}</td>
    <td class="number">${formatCost(cost)}</td>`;
}
