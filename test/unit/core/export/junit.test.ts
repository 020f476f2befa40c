import { describe, expect, it } from 'vitest';
import { jsonLinePieces, jsonPieces } from '../../../../src/core/export/jsonPieces.ts';
import { junitPieces } from '../../../../src/core/export/junit.ts';
import { conversationToMarkdown, resultToMarkdown } from '../../../../src/core/export/markdown.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import type { RunResult } from '../../../../src/shared/runResult.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';

const ends = (status: string, reason: string, answer: string, more: object = {}) =>
  ({ type: 'conversation.finished', status, reason, answer, ...more }) as ConversationStep;

function resultOf(
  ...prompts: readonly { name: string; id?: string; end: ConversationStep }[]
): RunResult {
  const script = new RunScript({
    title: 'a.prompts.md',
    prompts: prompts.map(({ end: _, ...one }) => one),
  });
  for (const [index, { end }] of prompts.entries()) {
    script
      .at(1_000)
      .steps(
        index,
        { type: 'conversation.started' },
        { type: 'turn.started', turn: 1, attempt: 1 },
      );
    script.at(2_234).steps(index, {
      ...{ type: 'turn.finished', turn: 1, text: 'x', toolCalls: [], usage: tokens(1_500, 20) },
    });
    script.steps(index, end);
  }
  return toRunResult(script.at(5_000).finish().state());
}

const done = ends('done', 'final', 'Yes.');

/** The test cases of a report: the names, and what stands in each. */
function casesOf(result: RunResult) {
  const xml = [...junitPieces(result, 'a <b>')].join('');
  return [...xml.matchAll(/<testcase name="([^"]*)"[^>]*>\n?([\s\S]*?)\n?<\/testcase>/g)].map(
    ([, name, inside]) => [name, inside],
  );
}

describe('a JUnit report', () => {
  it('has the counts of the run and a case for each conversation', () => {
    const result = resultOf(
      { name: 'One', end: done },
      {
        name: 'Two',
        end: ends('failed', 'network', '', { error: failure('network', 'It "broke".') }),
      },
      { name: 'Three', end: ends('stopped', 'max_turns', 'So far', { answerIs: 'interim' }) },
      { name: 'Four', end: ends('cancelled', 'cancelled', '') },
    );
    expect([...junitPieces(result, 'a <b>')].join('')).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>',
        '<testsuite name="a &lt;b&gt;" tests="4" failures="2" errors="0" skipped="1" time="5.000" timestamp="2026-01-05T10:00:00.000Z">',
        '<testcase name="One" classname="a.prompts.md" time="1.234">',
        '<system-out>Yes.</system-out>\n</testcase>',
        '<testcase name="Two" classname="a.prompts.md" time="1.234">',
        '<failure type="network" message="It &quot;broke&quot;."/>\n</testcase>',
        '<testcase name="Three" classname="a.prompts.md" time="1.234">',
        '<failure type="max_turns" message="stopped: max_turns"/>',
        '<system-out>No final answer. The last text before tool calls:\n\nSo far</system-out>\n</testcase>',
        '<testcase name="Four" classname="a.prompts.md" time="1.234">',
        '<skipped message="cancelled"/>\n</testcase>',
        '</testsuite>\n</testsuites>\n',
      ].join('\n'),
    );
  });

  it('tells cases of one name apart, and leaves unique names alone', () => {
    const ids = ['a#x', 'a#x-2', 'a#y', 'b#x', 'a#x-3', 'a#z'];
    const names = ['X', 'X', 'Y', 'X', 'X (x-3)', 'X'];
    const result = resultOf(...names.map((name, index) => ({ name, id: ids[index]!, end: done })));
    expect(casesOf(result).map(([name]) => name)).toEqual([
      ...['X (x)', 'X (x-2)', 'Y', 'X', 'X (x-3)', 'X (z)'],
    ]);
  });

  it('gives numbers where even that is taken', () => {
    const ids = ['a#x', 'a#x', 'a#y'];
    const names = ['X', 'X', 'X (x)'];
    const result = resultOf(...names.map((name, index) => ({ name, id: ids[index]!, end: done })));
    expect(casesOf(result).map(([name]) => name)).toEqual(['X (x, 1)', 'X (x, 2)', 'X (x)']);
  });

  it('has no character that XML cannot hold', () => {
    const odd = 'a\u0000\u0008\u000b\u001f\ufffe\ud800 & <b> "c"\n\t';
    const [[name, inside] = []] = casesOf(resultOf({ name: odd, end: ends('done', 'final', odd) }));
    expect(name).toBe(`a${'\ufffd'.repeat(6)} &amp; &lt;b&gt; &quot;c&quot;  `);
    expect(inside).toContain(`a${'\ufffd'.repeat(6)} &amp; &lt;b&gt; &quot;c&quot;\n\t`);
  });
});

describe('JSON of a result', () => {
  it.each([0, 1, 2])('in pieces is that of the whole, with %i conversations', (count) => {
    const result = resultOf(...Array.from({ length: count }, () => ({ name: '"]\n', end: done })));
    expect([...jsonPieces(result)].join('')).toBe(`${JSON.stringify(result, null, 2)}\n`);
    const lines = [...jsonLinePieces(result)];
    expect(lines).toEqual(result.conversations.map((one) => `${JSON.stringify(one)}\n`));
  });
});

describe('a report in Markdown', () => {
  it('says where tokens were not reported, and which answers are simulated', () => {
    const result = resultOf({ name: 'One', end: done });
    expect(resultToMarkdown(result, 'x')).toContain('- Tokens: 1.5k in, 20 out\n');
    expect(resultToMarkdown(result, 'x')).toContain('- Model: anthropic claude-opus-5-5\n');
    const usage = { ...result.usage, incomplete: true } as const;
    expect(resultToMarkdown({ ...result, usage }, 'x')).toContain(
      '- Tokens: at least 1.5k in, 20 out; not all were reported\n',
    );
    expect(resultToMarkdown({ ...result, simulated: true }, 'x')).toContain('(simulated answers)');
    expect(resultToMarkdown(result, 'x')).not.toContain('## Failed');
  });

  it('names the agents that answered, each with its model', () => {
    const [one] = resultOf({ name: 'One', end: done }).conversations;
    const turn = one!.answeredBy[0]!;
    const agents = [
      { ...turn, agent: 'lead', model: 'm' },
      { ...turn, agent: 'lead', model: 'm' },
      { ...turn, agent: 'worker', model: 'n' },
    ];
    expect(conversationToMarkdown({ ...one!, answeredBy: agents })).toContain(
      '· lead (m) · worker (n)*',
    );
    expect(conversationToMarkdown({ ...one!, answeredBy: [] })).toContain('· claude-opus-5-5*');
  });

  it('shows what decided on a call, and how it ended', () => {
    const [one] = resultOf({ name: 'One', end: done }).conversations;
    const call = {
      ...{
        state: 'ended' as const,
        turn: 2,
        name: 'run_command',
        input: {},
        output: 'No.',
        seq: 1,
      },
      ...{ startMs: 0, endMs: 1_500, isError: true },
      decision: { verdict: 'deny', by: { kind: 'person', reason: 'No.' } },
    } as const;
    expect(conversationToMarkdown({ ...one!, toolCalls: [call] })).toContain(
      '### t2 run_command (error, 1.5 s)\n\nDecision: denied: the user: No.\n\n```json\n{}\n```',
    );
  });
});
