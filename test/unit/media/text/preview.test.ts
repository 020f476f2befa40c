import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gist, previewOf } from '../../../../media/text/preview.ts';
import { failure, RunScript, tokens } from '../../../support/panel/runScript.ts';
import { finishedRun, runningRun } from '../../../support/panel/scriptedRuns.ts';

const ended = finishedRun().state().conversations;
const going = runningRun().state().conversations;

describe('previewOf', () => {
  it.each([
    ['a final answer', ended[0], { tone: 'answer', text: 'The answer is 20.' }],
    ['a Markdown answer', ended[4], { text: 'The module does three things, in this order:' }],
    [
      'a failure',
      ended[2],
      {
        tone: 'error',
        text: 'not found: gpt-9 is not offered by this server. Choose another model.',
      },
    ],
    ['a limit', ended[7], { text: 'turn limit reached: Let me look again.' }],
    ['a cancelled one', ended[8], { tone: 'muted', text: 'cancelled' }],
    ['a rate limit', going[3], { text: 'rate limit, 12 s' }],
    [
      'a retry',
      going[9],
      {
        text: 'overloaded, retrying (2/8), 4 s',
        title: 'overloaded: Anthropic is overloaded (529).',
      },
    ],
    [
      'a running tool',
      going[5],
      { tone: 'code', text: 'read_file {"path":"src/very/long/path/pool.ts"}' },
    ],
    ['a request in flight', going[10], { text: 'waiting for the model' }],
    ['a queued one', going[11], { text: '' }],
  ])('describes %s', (_, conversation, expected) => {
    expect(previewOf(conversation!, 5000)).toMatchObject(expected);
  });

  it('shows the end of the text while it grows', () => {
    const { text, tone } = previewOf(going[1]!, 5000);
    expect(tone).toBe('tail');
    expect(text.endsWith('opens a connection and returns it')).toBe(true);
  });

  it.each([
    ['slot', 'waiting for a free slot'],
    ['warm_up', 'waiting for the prompt cache'],
    ['blocked', 'paused'],
    ['rate_limit', 'rate limit'],
    ['retry', 'retrying'],
    ['offline', 'offline'],
  ] as const)('says why it waits: %s', (reason, text) => {
    const script = new RunScript({ prompts: [{ name: 'a' }] });
    script.steps(0, { type: 'conversation.waiting', reason });
    expect(previewOf(script.state().conversations[0]!, 0).text).toBe(text);
  });

  it('counts down to zero', () => {
    expect(previewOf(going[3]!, 16_999).text).toBe('rate limit, 1 s');
    expect(previewOf(going[3]!, 17_000).text).toBe('rate limit');
    expect(previewOf(going[3]!, 99_000).text).toBe('rate limit');
    expect(previewOf(going[3]!, -90_000).text).toBe('rate limit, 1 min 47 s');
  });

  it.each([
    ['rate_limit', 'rate limit, 2 s · attempt 3'],
    ['slot', 'waiting for a free slot · attempt 3'],
    ['retry', 'reconnecting, 2 s'],
    ['offline', 'offline, next try 2 s'],
    ['blocked', 'paused: network'],
  ] as const)('names the attempt that follows a discarded one: %s', (reason, text) => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 2 },
      { type: 'turn.discarded', turn: 1, attempt: 2, error: failure('network', 'reset') },
      { type: 'conversation.waiting', reason, untilMs: 2000 },
    );
    expect(previewOf(script.state().conversations[0]!, 0).text).toBe(text);
  });

  it('says which attempt follows of how many, and what went wrong', () => {
    const waiting = (kind: 'network' | 'overloaded', cause?: string) => {
      const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
        0,
        { type: 'turn.started', turn: 1, attempt: 1 },
        { type: 'turn.discarded', turn: 1, attempt: 1, error: failure(kind, 'It failed.') },
        {
          type: 'conversation.waiting',
          reason: 'retry',
          untilMs: 11_500,
          attempt: 3,
          of: 8,
          ...(cause === undefined ? {} : { cause }),
        },
      );
      return previewOf(script.state().conversations[0]!, 0).text;
    };
    expect(waiting('network')).toBe('reconnecting (3/8), 12 s');
    expect(waiting('network', 'no data for 60 s')).toBe(
      'no data for 60 s, reconnecting (3/8), 12 s',
    );
    expect(waiting('overloaded')).toBe('overloaded, retrying (3/8), 12 s');
  });

  it('names the time of day at which a long wait ends', () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(0, {
      type: 'conversation.waiting',
      reason: 'rate_limit',
      untilMs: 3_600_000,
      untilTime: new Date(2026, 10, 20, 14, 5).toISOString(),
    });
    const [parked] = script.state().conversations;
    expect(previewOf(parked!, 0).text).toBe('rate limit, until 14:05');
    expect(previewOf(parked!, 3_600_000).text).toBe('rate limit');
  });

  it('shows the end of the thinking until there is text', () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.thinking', turn: 1, text: `${'first '.repeat(100)}then the **invoice**` },
    );
    const thinking = previewOf(script.state().conversations[0]!, 0);
    expect(thinking.tone).toBe('thinking');
    expect(thinking.text.endsWith('then the invoice')).toBe(true);
    expect(thinking.text.length).toBeLessThan(310);
    script.steps(0, { type: 'turn.delta', turn: 1, text: 'The answer' });
    expect(previewOf(script.state().conversations[0]!, 0)).toEqual({
      text: 'The answer',
      tone: 'tail',
    });
  });

  it('says what can be done about a limit', () => {
    const { title } = previewOf(ended[7]!, 0);
    expect(title).toContain('interleave.maxTurns');
  });

  it('tells a cancelled conversation from an interrupted one', () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(0, {
      type: 'conversation.finished',
      status: 'cancelled',
      reason: 'interrupted',
      answer: 'So far',
    });
    expect(previewOf(script.state().conversations[0]!, 0).text).toBe('interrupted: So far');
  });

  it('names the attempt and why the one before failed', () => {
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      { type: 'conversation.started' },
      { type: 'turn.started', turn: 1, attempt: 1 },
      { type: 'turn.discarded', turn: 1, attempt: 1, error: failure('network', 'reset') },
      { type: 'turn.started', turn: 1, attempt: 2 },
    );
    const { text } = previewOf(script.state().conversations[0]!, 0);
    expect(text).toBe('attempt 2 · after network: reset');
  });

  it('says how a conversation ended before it runs again', () => {
    const error = failure('rate_limit', 'slow down');
    const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
      0,
      {
        type: 'conversation.finished',
        status: 'failed',
        reason: 'rate_limit',
        answer: '',
        error,
      },
      { type: 'conversation.requeued' },
    );
    const { text } = previewOf(script.state().conversations[0]!, 0);
    expect(text).toBe('runs again; before: failed, rate limit');
  });

  it('is one short line, whatever the model writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (answer) => {
        const script = new RunScript({ prompts: [{ name: 'a' }] }).steps(
          0,
          { type: 'turn.finished', turn: 1, text: answer, toolCalls: [], usage: tokens(1, 1) },
          { type: 'conversation.finished', status: 'done', reason: 'final', answer },
        );
        const { text } = previewOf(script.state().conversations[0]!, 0);
        expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      }),
    );
  });
});

describe('gist', () => {
  it.each([
    ['\n\n## Head\ntext', 'text'],
    ['**Summary:**\n\nThe cart loses items.', 'The cart loses items.'],
    ['Sure! Here is the summary:\n\n- First point', 'First point'],
    ['Certainly, here are the results:\n\n# Results\n\nAll pass.', 'All pass.'],
    ['Okay. The answer is 20.', 'The answer is 20.'],
    ['Here is why it fails: the pool is closed.', 'Here is why it fails: the pool is closed.'],
    ['Surely not.', 'Surely not.'],
    ['# Only a heading', 'Only a heading'],
    ['> - **bold** `code`', 'bold code'],
    ['```ts\nconst a = 1;\n```', 'const a = 1;'],
    ['---\n\nafter a rule', 'after a rule'],
    ['see [the docs](https://e.example)', 'see the docs'],
    ['2 * 3 is 6', '2 * 3 is 6'],
    ['-5', '-5'],
    ['', ''],
  ])('reads %j as %j', (markdown, line) => {
    expect(gist(markdown)).toBe(line);
  });
});
