import { parsePromptId, withoutFile } from '../../shared/promptId.ts';
import type { ConversationResult, RunResult } from '../../shared/runResult.ts';
import { reasonText } from '../../shared/runResult.ts';
import { unfinishedWords } from '../../shared/unfinishedWords.ts';

/** Yields the result as a JUnit report for build servers. Each conversation is a test case. */
export function* junitPieces(result: RunResult, title: string): Generator<string> {
  const { total, failed, stopped, cancelled } = result.counts;
  const counts = { tests: total, failures: failed + stopped, errors: 0, skipped: cancelled };
  const facts = { ...counts, time: seconds(result.wallMs), timestamp: result.startedAt };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  yield `<testsuite${attributes({ name: title, ...facts })}>\n`;
  for (const conversation of withDistinctNames(result.conversations)) {
    yield `${toTestCase(conversation)}\n`;
  }
  yield '</testsuite>\n</testsuites>\n';
}

/**
 * Makes the names of test cases unique within a file, because build servers keep only the last of several cases
 * with the same name and class. A unique name stays unchanged, so that its case keeps its history.
 */
function withDistinctNames(
  conversations: readonly ConversationResult[],
): readonly ConversationResult[] {
  const caseOf = ({ id, name }: ConversationResult): string =>
    JSON.stringify([attributeText(fileOf(id)), attributeText(name)]);
  const counts = new Map<string, number>();
  for (const each of conversations) counts.set(caseOf(each), (counts.get(caseOf(each)) ?? 0) + 1);
  const taken = new Set(counts.keys());
  return conversations.map((conversation) => {
    if (counts.get(caseOf(conversation)) === 1) return conversation;
    const { id, name, index } = conversation;
    const own = withoutFile(id);
    const named = [`${name} (${own})`, `${name} (${own}, ${index + 1})`];
    const distinct = named
      .map((each) => ({ ...conversation, name: each }))
      .find((each) => !taken.has(caseOf(each)));
    const chosen = distinct ?? { ...conversation, name: `${name} (${id}, ${index + 1})` };
    taken.add(caseOf(chosen));
    return chosen;
  });
}

function toTestCase(conversation: ConversationResult): string {
  const { id, name, startMs, endMs, answer, answerIs } = conversation;
  const time = seconds(Math.max(0, endMs - startMs));
  const lines = [`<testcase${attributes({ name, classname: fileOf(id), time })}>`];
  const ending = howItEnded(conversation);
  if (ending !== '') lines.push(ending);
  const text = answerIs === undefined ? answer : `${unfinishedWords[answerIs]}\n\n${answer}`;
  if (answer !== '') lines.push(`<system-out>${escaped(text)}</system-out>`);
  return [...lines, '</testcase>'].join('\n');
}

function howItEnded(conversation: ConversationResult): string {
  const { status, reason, error } = conversation;
  if (status === 'done') return '';
  if (status === 'cancelled') return '<skipped message="cancelled"/>';
  const message = error?.message ?? `stopped: ${reasonText(conversation)}`;
  return `<failure${attributes({ type: reason, message })}/>`;
}

/** The file of a conversation's prompt. */
function fileOf(id: string): string {
  return parsePromptId(id).file || id;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${attributeText(String(value))}"`)
    .join('');
}

function attributeText(value: string): string {
  return escaped(value).replaceAll(/[\n\r\t]/g, ' ');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot represent these characters.
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(notInXml, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
