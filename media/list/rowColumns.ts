import { html, type TemplateResult } from 'lit';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { ownTimeMs } from '../../src/shared/conversationState.ts';
import { formatCount, formatDuration, plural } from '../../src/shared/quantities.ts';
import { cachedShare, conversationCost, costText, costTitle } from '../text/spending.ts';
import { lastFirstToken, waitedTexts } from '../text/timings.ts';

/** The numbers at the right of a row. Columns have fixed widths, so that they line up. */
export function rowColumns(conversation: ConversationState, nowMs: number): TemplateResult {
  const { usage, turns, toolCalls } = conversation;
  const tokens = usage.inputTokens + usage.outputTokens;
  const cost = conversationCost(conversation);
  return html`
    <span class="column column-duration" role="gridcell" title=${durationTitle(conversation, nowMs)}
      >${durationText(conversation, nowMs)}</span
    >
    <span class="column column-turns" role="gridcell"
      >${turns.length === 0 ? '' : plural(turns.length, 'turn')}</span
    >
    <span class="column column-tools" role="gridcell"
      >${toolCalls.length === 0 ? '' : plural(toolCalls.length, 'tool')}</span
    >
    <span class="column column-tokens" role="gridcell" title=${tokensTitle(conversation)}
      >${tokens === 0 ? '' : `${formatCount(tokens)} tok`}</span
    >
    <span class="column column-cost" role="gridcell" title=${costTitle([conversation])}
      >${costText(cost)}</span
    >
  `;
}

function durationText(conversation: ConversationState, nowMs: number): string {
  const { phase, startMs, earlierMs } = conversation;
  if (phase === 'queued' || (startMs === undefined && earlierMs === 0)) return '';
  return formatDuration(ownTimeMs(conversation, nowMs));
}

/** First token and waits by cause, one a line. */
function durationTitle(conversation: ConversationState, nowMs: number): string {
  const { earlierMs } = conversation;
  const firstToken = lastFirstToken(conversation);
  return [
    'Own time, without waits for other conversations',
    ...(firstToken === undefined ? [] : [`First token after ${firstToken}`]),
    ...waitedTexts(conversation, nowMs).map((text) => `Waited ${text}`),
    ...(earlierMs < 1 ? [] : [`${formatDuration(earlierMs)} of it before the rerun`]),
  ].join('\n');
}

function tokensTitle({ usage }: ConversationState): string {
  const { inputTokens, outputTokens } = usage;
  const share = cachedShare(usage);
  const cached = share === undefined ? '' : ` (${share} from the cache)`;
  return `Tokens: ${inputTokens} in${cached}, ${outputTokens} out`;
}
