import { decisionWords } from '../../shared/callDecision.ts';
import { codeBlock } from '../../shared/codeBlock.ts';
import { costWords } from '../../shared/cost.ts';
import { formatComparison, formatCount, formatDuration, plural } from '../../shared/quantities.ts';
import type { ResultAsked } from '../../shared/resultAgents.ts';
import type { ResultToolCall } from '../../shared/resultToolCall.ts';
import type { ConversationResult, RunResult } from '../../shared/runResult.ts';
import { reasonText } from '../../shared/runResult.ts';
import { unfinishedWords } from '../../shared/unfinishedWords.ts';
import { blockCloser } from './openBlocks.ts';

/** A report in Markdown: totals and failures, then every prompt with its answer, in prompt order. */
export function resultToMarkdown(result: RunResult, title: string): string {
  return [...markdownPieces(result, title)].join('');
}

/** Yields the same report in pieces: the part before the prompts, then one piece for each prompt. */
export function* markdownPieces(result: RunResult, title: string): Generator<string> {
  const close = blockCloser();
  const failures = result.conversations.filter(({ status }) => status !== 'done');
  const before = [
    `# ${heading(title)}`,
    '',
    ...summary(result),
    ...(failures.length === 0 ? [] : ['', '## Failed', '', ...failures.map(failureLine)]),
  ];
  yield `${before.join('\n')}\n`;
  for (const conversation of result.conversations) {
    yield `\n${section(conversation, close).join('\n')}\n`;
  }
}

/** A conversation as Markdown: outcome, answer, prompt and tool calls. */
export function conversationToMarkdown(conversation: ConversationResult): string {
  const calls = conversation.toolCalls.map((call) => {
    const head = `### t${call.turn} ${heading(call.name)} (${endOf(call)})`;
    const decision =
      call.decision === undefined ? [] : ['', `Decision: ${heading(decisionWords(call.decision))}`];
    const input = codeBlock(JSON.stringify(call.input, null, 2) ?? '', 'json');
    return ['', head, ...decision, '', input, '', codeBlock(call.output)].join('\n');
  });
  return [
    ...section(conversation, blockCloser()),
    '',
    '### Prompt',
    '',
    codeBlock(conversation.prompt, 'markdown'),
    ...calls,
    ...askedSections(conversation.asked ?? []),
    '',
  ].join('\n');
}

function endOf({ isError, wasRun, startMs, endMs }: ResultToolCall): string {
  if (wasRun === false) return 'not run';
  return `${isError ? 'error' : 'ok'}, ${formatDuration(endMs - startMs)}`;
}

function summary(result: RunResult): readonly string[] {
  const { counts, usage, agent } = result;
  const simulated = result.simulated ? ' (simulated answers)' : '';
  const counted = `${formatCount(usage.inputTokens)} in, ${formatCount(usage.outputTokens)} out`;
  const tokens = usage.incomplete ? `at least ${counted}; not all were reported` : counted;
  return [
    `- Started: ${result.startedAt}`,
    `- Model: ${agent.provider} ${agent.model}${simulated}`,
    `- Prompts: ${counts.total}; ${counts.done} done, ${counts.failed} failed, ${counts.stopped} stopped, ${counts.cancelled} cancelled`,
    `- Time: ${formatComparison(result)}`,
    `- Tokens: ${tokens}`,
    `- Cost: ${costWords(result)}`,
  ];
}

/** The model; where agents answered, each of them with its own. */
function answererNames({ answeredBy, model }: ConversationResult): readonly string[] {
  const names = answeredBy.map(({ agent, model: own }) =>
    agent === undefined ? own : `${heading(agent)} (${own})`,
  );
  return names.length === 0 ? [model] : [...new Set(names)];
}

/** What agents asked others, with their answers, below the calls that asked. */
function askedSections(asked: readonly ResultAsked[], path = ''): readonly string[] {
  return asked.flatMap((one) => {
    const name = `${path}${heading(one.agent ?? one.model)}`;
    const facts = `${one.status}, ${plural(one.turns, 'turn')}, ${plural(one.toolCalls.length, 'tool call')}`;
    return [
      ['', `### t${one.turn} ${name} (${facts})`, '', codeBlock(one.prompt, 'markdown')].join('\n'),
      ...(one.answer === '' ? [] : [`\n${codeBlock(one.answer, 'markdown')}`]),
      ...askedSections(one.asked, `${name} > `),
    ];
  });
}

function failureLine(conversation: ConversationResult): string {
  const { index, name, status, error } = conversation;
  const message = error === undefined ? '' : `: ${heading(error.message)}`;
  return `- ${index + 1}. ${heading(name)}: ${status}, ${reasonText(conversation)}${message}`;
}

function section(
  conversation: ConversationResult,
  close: (text: string) => string,
): readonly string[] {
  const { index, name, status, answer, answerIs, error } = conversation;
  const facts = [
    status === 'done' ? 'done' : `${status} (${reasonText(conversation)})`,
    formatDuration(conversation.endMs - conversation.startMs),
    plural(conversation.turns, 'turn'),
    plural(conversation.toolCalls.length, 'tool call'),
    ...answererNames(conversation),
  ];
  return [
    `## ${index + 1}. ${heading(name)}`,
    '',
    `*${facts.join(' · ')}*`,
    ...(error === undefined ? [] : ['', `**${error.kind}**: ${heading(error.message)}`]),
    ...(answerIs === undefined ? [] : ['', `*${unfinishedWords[answerIs]}*`]),
    ...(answer === '' ? [] : ['', close(answer)]),
  ];
}

/** Text for a heading, without line breaks. */
function heading(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
