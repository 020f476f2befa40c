import { html, nothing, type TemplateResult } from 'lit';
import { costWords, formatEstimate } from '../../src/shared/cost.ts';
import { formatCount, plural } from '../../src/shared/quantities.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { cachedShare, costTitle, mayCost } from '../text/spending.ts';

/** Tokens of the run, the share from the cache, and the cost. */
export function totalsView(run: RunState): TemplateResult {
  return html`<span class="totals">${tokensView(run)}${costView(run)}</span>`;
}

function tokensView(run: RunState): TemplateResult | typeof nothing {
  const { inputTokens, outputTokens } = run.usage;
  if (inputTokens + outputTokens === 0) return estimateView(run);
  const share = cachedShare(run.usage);
  const tokens = `${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`;
  return html`<span class="totals-tokens" title=${tokensTitle(run)}>${tokens}</span>${
    share === undefined
      ? nothing
      : html`<span class="totals-cached" title=${cachedTitle(run)}>${share} cached</span>`
  }`;
}

/** The estimate, until something has been used. */
function estimateView({ started }: RunState): TemplateResult | typeof nothing {
  const text = started.estimate === undefined ? '' : formatEstimate(started.estimate);
  if (text === '') return nothing;
  const title =
    'Estimate for the first request of every conversation, without answers, tool results and further turns';
  return html`<span class="totals-tokens" title=${title}>${text}</span>`;
}

function costView({
  costUsd,
  knownCostUsd,
  conversations,
}: RunState): TemplateResult | typeof nothing {
  if (costUsd === 0 || !conversations.some(({ price }) => mayCost(price))) return nothing;
  return html`<span class="totals-cost" title=${costTitle(conversations)}>${
    costUsd === null && knownCostUsd === 0 ? 'cost unknown' : costWords({ costUsd, knownCostUsd })
  }</span>`;
}

function tokensTitle({ usage, conversations }: RunState): string {
  let turns = 0;
  let calls = 0;
  for (const conversation of conversations) {
    turns += conversation.turns.length;
    calls += conversation.toolCalls.length;
  }
  const tokens = `${usage.inputTokens} in, ${usage.outputTokens} out`;
  const known = usage.incomplete ? ' that were reported, of more' : '';
  return `Tokens: ${tokens}${known}, in ${plural(turns, 'turn')} with ${plural(calls, 'tool call')}`;
}

function cachedTitle({ usage }: RunState): string {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const read = `${cacheReadTokens} of ${inputTokens} input tokens were read from the prompt cache`;
  return `${read}, ${cacheWriteTokens} were written to it`;
}
