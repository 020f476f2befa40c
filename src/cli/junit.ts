import type { ConversationResult, RunResult } from '../shared/runResult.ts';
import { unfinishedWords } from '../shared/unfinishedWords.ts';

/** The result as a JUnit report: one test case a conversation, for build servers. */
export function resultToJunit(result: RunResult, title: string): string {
  const { total, failed, stopped, cancelled } = result.counts;
  const counts = { tests: total, failures: failed + stopped, errors: 0, skipped: cancelled };
  const facts = { ...counts, time: seconds(result.wallMs), timestamp: result.startedAt };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `<testsuite${attributes({ name: title, ...facts })}>`,
    ...result.conversations.map(toTestCase),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
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

function howItEnded({ status, reason, error }: ConversationResult): string {
  if (status === 'done') return '';
  if (status === 'cancelled') return '<skipped message="cancelled"/>';
  const message = error?.message ?? `stopped: ${reason}`;
  return `<failure${attributes({ type: reason, message })}/>`;
}

/** The part of a conversation's id before its heading. */
function fileOf(id: string): string {
  const hash = id.lastIndexOf('#');
  return hash < 0 ? id : id.slice(0, hash);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: { readonly [name: string]: string | number }): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll(/[\n\r\t]/g, ' ')}"`)
    .join('');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way of writing these at all.
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
