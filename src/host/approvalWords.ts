import type { CallDecision } from '../shared/callDecision.ts';
import { deciderWords, decisionWords } from '../shared/callDecision.ts';
import { exactJson, exactText } from '../shared/exactJson.ts';
import { isJsonObject } from '../shared/json.ts';
import { plural } from '../shared/quantities.ts';
import type { ApprovalRequest, Question } from './approvals.ts';
import type { RunService } from './runService.ts';

/** Arguments that say by themselves what a call is about. */
const telling = ['command', 'url', 'path'] as const;

/**
 * `run_command: npm test`: a call in a few words; of a call that asks, its question, and how many more it asks. Not
 * plain text.
 */
export function callWords({
  tool,
  input,
  questions,
}: Pick<ApprovalRequest, 'tool' | 'input' | 'questions'>): string {
  const [first, ...others] = questions ?? [];
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${plural(others.length, 'more question')})`;
    return `${shortText(first.question)}${more}`;
  }
  return `${tool.name}: ${subjectOf(input)}`;
}

/** The argument that says most; whatever else there is, is at least named. */
function subjectOf(input: unknown): string {
  if (!isJsonObject(input)) return exactJson(input);
  const values = Object.entries(input);
  const [first, ...others] = values;
  if (first === undefined) return 'no arguments';
  const [, only] = first;
  if (others.length === 0 && typeof only === 'string') return shortText(only);
  const name = telling.find((known) => typeof input[known] === 'string');
  if (name === undefined) return exactJson(input);
  const more = values.flatMap(([key]) => (key === name ? [] : [key])).join(', ');
  return `${shortText(String(input[name]))} (and ${more})`;
}

/** Longest part of an argument in these words, in UTF-16 units: arguments may be megabytes. */
const maxShort = 1_000;

function shortText(text: string): string {
  return text.length <= maxShort ? exactText(text) : `${exactText(text.slice(0, maxShort))}…`;
}

/** Why the user is asked. */
export function askedWords({ asked }: Pick<ApprovalRequest, 'asked'>): string {
  const { by } = asked;
  return by.kind === 'rule' ? `asked by ${deciderWords(by)}` : deciderWords(by);
}

/** What the rules say of each command of a command line, a line each; none of a single command. */
export function partWords({ parts = [] }: CallDecision): readonly string[] {
  return parts.map((part) => `${part.text}: ${decisionWords(part)}`);
}

/** `12 conversations`; with calls of the same conversation, `15 calls of 12 conversations`. */
export function callCount(requests: readonly ApprovalRequest[]): string {
  const conversations = new Set(requests.map((one) => `${one.runId} ${one.conversation}`)).size;
  const of = plural(conversations, 'conversation');
  return conversations === requests.length ? of : `${plural(requests.length, 'call')} of ${of}`;
}

/** The name of the conversation that asks. */
export function conversationName(
  runs: Pick<RunService, 'find'>,
  { runId, conversation }: Pick<ApprovalRequest, 'runId' | 'conversation'>,
): string {
  const state = runs.find(runId)?.state.conversations[conversation];
  return state?.name ?? `Conversation ${conversation + 1}`;
}

/** What calls wait for: a decision, or an answer to what they ask. */
export function waitedFor({ questions }: Pick<ApprovalRequest, 'questions'>): string {
  return questions === undefined ? 'a decision' : 'an answer';
}

/** Everything about a call that the user decides by, a line each. Not plain text. */
export function requestLines(request: ApprovalRequest): readonly string[] {
  const { agent, asked, input, questions, tool } = request;
  if (questions !== undefined) return [...questions.flatMap(questionLines), '', `Agent: ${agent}`];
  return [
    `Tool: ${tool.name} (${tool.effect})`,
    `Agent: ${agent}`,
    `Why: ${askedWords(request)}`,
    ...partWords(asked).map((part) => `  ${part}`),
    'Arguments:',
    ...exactJson(input, 2).split('\n'),
  ];
}

/** A question whole, and its choices. */
function questionLines({ question, choices = [], multiple }: Question): readonly string[] {
  const several = multiple === true ? ['Several of these may be chosen:'] : [];
  return [exactText(question), ...several, ...choices.map((choice) => `  - ${exactText(choice)}`)];
}
