import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { conversationToMarkdown, resultToMarkdown } from '../../../../src/core/export/markdown.ts';
import type { RunResult } from '../../../../src/shared/runResult.ts';
import { toRunResult } from '../../../../src/shared/runResult.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';

function resultOf(answer = 'It is **20**.'): RunResult {
  const call = { turn: 1, callId: 'a', name: 'sum_numbers' };
  const script = new RunScript({
    title: 'math.prompts.md',
    simulated: true,
    prompts: [{ name: 'Sum', prompt: 'Sum 1 and 4.' }, { name: 'Dead code' }, { name: 'Long' }],
  })
    .steps(0, { type: 'conversation.started' }, { type: 'turn.started', turn: 1, attempt: 1 })
    .at(1_000)
    .steps(0, turn(1, 1_200, 30), { type: 'tool.started', ...call, input: { numbers: [1, 4] } })
    .at(1_038)
    .steps(0, { type: 'tool.finished', ...call, output: '5', isError: false })
    .at(3_100)
    .steps(0, turn(2, 300, 20), finished('done', 'final', answer))
    .steps(1, {
      ...finished('failed', 'not_found', ''),
      error: failure('not_found', 'There is no model gpt-9.\nChoose another.'),
    })
    .steps(2, finished('stopped', 'max_turns', 'So far'))
    .at(5_000)
    .finish();
  return toRunResult(script.state());
}

function turn(number: number, input: number, output: number) {
  const usage = tokens(input, output);
  return { type: 'turn.finished', turn: number, text: '', toolCalls: [], usage } as const;
}

function finished<S extends string, R extends string>(status: S, reason: R, answer: string) {
  return { type: 'conversation.finished', status, reason, answer } as const;
}

/** The blocks of a document: headings as `2 Text`, code blocks as their content. */
function blocksOf(markdown: string) {
  const parsed = new MarkdownIt().parse(markdown, {});
  return {
    headings: parsed.flatMap(({ type, tag }, at) =>
      type === 'heading_open' ? [`${tag.slice(1)} ${parsed[at + 1]!.content}`] : [],
    ),
    code: parsed.filter(({ type }) => type === 'fence').map(({ content }) => content),
  };
}

/** Text as a Markdown parser reads it: normalised line ends, no NUL. */
function asRead(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll('\0', '\ufffd');
}

describe('the report of a result', () => {
  it('shows the outcome, the failures, and every answer in prompt order', () => {
    expect(resultToMarkdown(resultOf(), 'math.prompts.md')).toBe(`# math.prompts.md

- Started: 2026-01-05T10:00:00.000Z
- Model: anthropic claude-opus-5-5 (simulated answers)
- Prompts: 3; 1 done, 1 failed, 1 stopped, 0 cancelled
- Time: 5.0 s
- Tokens: 1.5k in, 50 out
- Cost: $0

## Failed

- 2. Dead code: failed, not_found: There is no model gpt-9. Choose another.
- 3. Long: stopped, max_turns

## 1. Sum

*done · 3.1 s · 2 turns · 1 tool call · claude-opus-5-5*

It is **20**.

## 2. Dead code

*failed (not_found) · 0 ms · 0 turns · 0 tool calls · claude-opus-5-5*

**not_found**: There is no model gpt-9. Choose another.

## 3. Long

*stopped (max_turns) · 0 ms · 0 turns · 0 tool calls · claude-opus-5-5*

So far
`);
  });

  it('keeps each heading on one line, whatever the names contain', () => {
    const words = fc.array(fc.constantFrom('a', '\n', '\r\n', '# ', '\u2028', '\t', '  ', '---'));
    fc.assert(
      fc.property(words, words, (name, title) => {
        const result = resultOf();
        const [first, ...rest] = result.conversations;
        const conversations = [{ ...first!, name: name.join('') }, ...rest];
        const report = resultToMarkdown({ ...result, conversations }, title.join(''));
        const { headings } = blocksOf(report);
        expect(headings.map((heading) => heading.slice(0, 4).trimEnd())).toEqual([
          expect.stringMatching(/^1/),
          '2 Fa',
          '2 1.',
          '2 2.',
          '2 3.',
        ]);
      }),
    );
  });

  it('ends a truncated code block before the next answer', () => {
    const report = resultToMarkdown(resultOf('Here:\n\n```ts\nconst a = 1;'), 'x');
    expect(blocksOf(report)).toEqual({
      headings: ['1 x', '2 Failed', '2 1. Sum', '2 2. Dead code', '2 3. Long'],
      code: ['const a = 1;\n'],
    });
  });
});

describe('the transcript of a conversation', () => {
  it('has the answer, the prompt and every tool call with its input and output', () => {
    expect(conversationToMarkdown(resultOf().conversations[0]!)).toBe(`## 1. Sum

*done · 3.1 s · 2 turns · 1 tool call · claude-opus-5-5*

It is **20**.

### Prompt

\`\`\`markdown
Sum 1 and 4.
\`\`\`

### t1 sum_numbers (ok, 38 ms)

\`\`\`json
{
  "numbers": [
    1,
    4
  ]
}
\`\`\`

\`\`\`
5
\`\`\`
`);
  });

  it('shows prompts and results unchanged, whatever fences they contain', () => {
    const piece = fc.oneof(
      fc.constantFrom('`', '```', '````', '~~~', '\n', '\r\n', '# Heading', '    ', '> ', '- '),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, text, (prompt, output, inside) => {
        const [first] = resultOf().conversations;
        const call = { ...first!.toolCalls[0]!, output, input: { inside } };
        const markdown = conversationToMarkdown({ ...first!, prompt, toolCalls: [call] });
        const { headings, code } = blocksOf(markdown);
        expect(headings).toEqual(['2 1. Sum', '3 Prompt', '3 t1 sum_numbers (ok, 38 ms)']);
        expect(code).toEqual([
          `${asRead(prompt)}\n`,
          `${asRead(JSON.stringify({ inside }, null, 2))}\n`,
          `${asRead(output)}\n`,
        ]);
      }),
      { numRuns: 50 },
    );
  });
});
