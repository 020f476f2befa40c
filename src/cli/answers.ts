import { visibleText } from '../core/base/text.ts';
import { costWords } from '../shared/cost.ts';
import type { FinishReason, LimitReason } from '../shared/outcome.ts';
import { formatComparison, formatDuration, plural } from '../shared/quantities.ts';
import type { BudgetLimit, RaisableLimit } from '../shared/raisedLimits.ts';
import type { ConversationResult, RunResult } from '../shared/runResult.ts';
import { unfinishedWords } from '../shared/unfinishedWords.ts';
import { terminalText } from './terminalText.ts';

const marks = { done: '✓', failed: '✕', stopped: '⚠', cancelled: '⊘' } as const;

/** Why a limit stopped a conversation; each completes `stopped: …`. */
const limits: { readonly [R in LimitReason]: string } = {
  max_turns: 'it reached the maximum number of turns (--max-turns)',
  max_tokens: 'a response reached the maximum number of tokens (--max-tokens)',
  context_full: "the conversation no longer fits into the model's context window",
  refused: 'the model declined to answer',
  budget: 'the budget was used up',
  loop: 'the model went in circles (--limit repeatsStopped)',
  max_tool_calls: 'it reached the maximum number of tool calls (--limit toolCalls)',
  max_wait: 'the wait for a limit or a server would be too long (--max-wait)',
  timeout: 'it timed out (--timeout)',
  max_run_turns: 'the run reached its maximum number of turns (--limit maxRunTurns)',
  max_run_tool_calls: 'the run reached its maximum number of tool calls (--limit maxRunToolCalls)',
  max_run_time: 'the run timed out (--limit maxRunSeconds)',
  denied: 'a denied tool call ended it',
  needs_approval: 'tool calls were denied, because nobody was there to ask (--allow)',
};

const budgets: { readonly [L in BudgetLimit]: string } = {
  maxCostUsd: 'the run reached its maximum cost (--max-cost)',
  maxRunTokens: 'the run reached its maximum number of tokens (--limit maxRunTokens)',
  maxConversationCostUsd: 'it reached its maximum cost (--limit maxConversationCostUsd)',
  maxConversationTokens: 'it reached its maximum number of tokens (--limit maxConversationTokens)',
};

/**
 * Yields the text for a terminal: each conversation in prompt order, failed ones included, then the
 * totals and the comparison with a serial run.
 */
export function* answerPieces(result: RunResult): Generator<string> {
  for (const conversation of result.conversations) yield `${formatAnswer(conversation)}\n`;
  yield `${formatTotals(result)}\n`;
}

function formatAnswer(conversation: ConversationResult): string {
  const { index, status, answer, answerIs } = conversation;
  const facts = [
    formatDuration(conversation.endMs - conversation.startMs),
    plural(conversation.turns, 'turn'),
    plural(conversation.toolCalls.length, 'tool call'),
  ];
  const name = visibleText(conversation.name);
  const lines = [`${marks[status]} ${index + 1}. ${name}  (${facts.join(', ')})`];
  if (status !== 'done') lines.push(indent(`${status}${reasonOf(conversation)}`));
  if (answerIs !== undefined) lines.push(indent(unfinishedWords[answerIs]));
  if (answer !== '') lines.push(indent(answer));
  else if (status === 'done') lines.push(indent('(no answer)'));
  return `${lines.join('\n')}\n`;
}

function reasonOf({ reason, limit, error }: ConversationResult): string {
  if (error !== undefined) return `: ${error.kind}: ${error.message}`;
  if (isBudget(limit)) return `: ${budgets[limit]}`;
  if (isLimit(reason)) return `: ${limits[reason]}`;
  return reason === 'cancelled' ? '' : `: ${reason}`;
}

function isBudget(limit: RaisableLimit | undefined): limit is BudgetLimit {
  return limit !== undefined && Object.hasOwn(budgets, limit);
}

function isLimit(reason: FinishReason): reason is LimitReason {
  return Object.hasOwn(limits, reason);
}

/** Indents every line, so that no line of an answer can look like the heading of another one. */
function indent(text: string): string {
  return terminalText(text).replaceAll(/^(?=.)/gm, '  ');
}

function formatTotals(result: RunResult): string {
  const { total, done, failed, stopped, cancelled } = result.counts;
  const counts = [
    `${done} of ${plural(total, 'prompt')} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(stopped > 0 ? [`${stopped} stopped`] : []),
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
  ];
  const simulated = result.simulated ? '\nAnswers of the demo model are simulated.' : '';
  const cost = result.simulated ? '' : ` Cost: ${costWords(result)}.`;
  return `${counts.join(', ')}. ${formatComparison(result)}.${cost}${simulated}`;
}
