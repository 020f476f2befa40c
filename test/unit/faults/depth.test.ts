import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { maxJsonDepth } from '../../../src/core/base/jsonDepth.ts';
import { maxToolInput } from '../../../src/core/providers/turn/toolInput.ts';
import { defineTool } from '../../../src/core/tools/defineTool.ts';
import { toRunResult } from '../../../src/shared/runResult.ts';
import type { FaultProtocol } from '../../support/faults/faultProtocol.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import type { SavedPlay } from '../../support/faults/savedPlay.ts';
import { playSaved } from '../../support/faults/savedPlay.ts';
import type { Answer, Side } from '../../support/faults/side.ts';
import { sides } from '../../support/faults/side.ts';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import { openAiEvents } from '../../support/loopback/openAiScript.ts';
import type { EventData } from '../../support/loopback/replies.ts';
import { sseText, streamReply } from '../../support/loopback/replies.ts';

vi.mock('vscode', () => import('../../support/vscode/fakeVscode.ts'));
// Generous, so that a busy machine does not fail a test.
vi.setConfig({ testTimeout: 60_000 });

/** An object with this many levels of nesting, including itself. */
function deepText(levels: number): string {
  return `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
}

const deepValue = (levels: number): object => JSON.parse(deepText(levels));

/** JSON with a value in it that `JSON.stringify` could not write. */
function jsonWith(value: object, deep: string): string {
  return JSON.stringify(value).replaceAll('"DEEP"', deep);
}

const taker = defineTool({
  name: 'take',
  description: 'Takes anything.',
  effect: 'pure',
  inputSchema: z.looseObject({}),
  execute: () => 'taken',
});

/** Runs two conversations at a time. The responses of one must not affect the other. */
async function playBeside(side: Side, deep: Answer, tools = [taker]): Promise<SavedPlay> {
  const plain = side.turn({ text: 'Plain and done.' });
  const done = side.turn({ text: 'Deep and done.' });
  let asked = false;
  const answers = (body: string): Answer => {
    if (!body.includes('the deep one')) return plain;
    if (asked) return done;
    asked = true;
    return deep;
  };
  const play = await playSaved(side, answers, { prompts: ['the deep one', 'the other'], tools });
  const { kept } = play;
  expect([kept.damaged, kept.missing, kept.sealed]).toEqual([0, 0, true]);
  if (kept.state === undefined) throw new Error('The run was not saved.');
  const [deepOne, other] = toRunResult(kept.state).conversations;
  expect(other).toMatchObject({ status: 'done', answer: 'Plain and done.' });
  expect(play.run.state.paused).toBeUndefined();
  // The outcome of the deep one is saved, too.
  const { status, answer, toolCalls } = play.conversation;
  expect(deepOne).toMatchObject({ status, answer, toolCalls });
  return play;
}

function callOf(side: Side, json: string): Answer {
  const input = side.name === 'vscode.lm' ? JSON.parse(json) : json;
  return side.turn({ calls: [{ id: 'c1', name: 'take', input }] });
}

describe.each(sides)("a tool call's input ($name)", (side) => {
  it.each([maxJsonDepth - 1, maxJsonDepth])('is accepted with %i levels', async (levels) => {
    const { conversation, requests } = await playBeside(side, callOf(side, deepText(levels)));
    expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
    expect(conversation.toolCalls).toMatchObject([{ output: 'taken', isError: false }]);
    expect(conversation.toolCalls[0]?.input).toEqual(deepValue(levels));
    if (side.name !== 'vscode.lm') expect(requests.at(-1)?.body).toContain('['.repeat(levels - 1));
  });

  it.each([maxJsonDepth + 1, 2_500, 100_000])(
    'is rejected with %i levels, and the model continues',
    async (levels) => {
      const { conversation, requests } = await playBeside(side, callOf(side, deepText(levels)));
      expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
      expect(conversation.toolCalls).toMatchObject([{ isError: true }]);
      expect(conversation.toolCalls[0]?.output).toContain('nested too deeply');
      for (const { problems } of requests) expect(problems).toEqual([]);
    },
  );
});

/** The events of an answer with one block, given with its deltas. */
function anthropicBlock(block: EventData, deltas: readonly EventData[] = []): EventData[] {
  const events = anthropicEvents({ content: [], stopReason: 'tool_use' });
  const added = [
    { type: 'content_block_start', index: 0, content_block: block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
  ];
  events.splice(2, 0, ...added);
  return events;
}

const anthropicSide = sides.find(({ name }) => name === 'anthropic')!;

it.each([
  [maxToolInput, false],
  [maxToolInput + 1, true],
])('a call with %i characters of input is rejected: %s', async (length, isError) => {
  const input = `{"a":"${'x'.repeat(length - 8)}"}`;
  const deltas = (input.match(/.{1,400000}/g) ?? []).map((partial_json) => {
    return { type: 'input_json_delta', partial_json };
  });
  const events = anthropicBlock({ type: 'tool_use', id: 'c1', name: 'take', input: {} }, deltas);
  const reply = streamReply(sseText(events));
  const { conversation } = await playBeside(anthropicSide, { kind: 'http', reply });
  expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
  expect(conversation.toolCalls).toMatchObject([{ isError }]);
  if (isError) expect(conversation.toolCalls[0]?.output).toContain('too long');
});

/** Everything else that a server can nest, in each protocol. */
const deepParts: Readonly<
  Record<FaultProtocol['name'], (block: EventData, more?: object) => readonly EventData[]>
> = {
  anthropic: (block, more) =>
    anthropicEvents({ content: [block], stopReason: 'end_turn', inputUsage: { ...more } }),
  openai: (block, more) =>
    openAiEvents({ output: [block], usage: { input_tokens: 1, output_tokens: 1, ...more } }),
};

describe.each(faultProtocols)('a deeply nested answer ($name)', (protocol) => {
  const side = sides.find(({ name }) => name === protocol.name)!;
  const textBlock =
    protocol.name === 'anthropic'
      ? { type: 'text', text: 'Deep and done.' }
      : {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Deep and done.' }],
        };
  const stream = (events: readonly EventData[], deep: string): Answer => {
    const text = sseText(events).replaceAll('"DEEP"', deep);
    return { kind: 'http', reply: streamReply(text) };
  };
  const block = { ...textBlock, kept: 'DEEP' };

  it('is accepted as long as its blocks can be saved', async () => {
    const events = deepParts[protocol.name](block);
    const answer = stream(events, deepText(maxJsonDepth - 1));
    const { conversation } = await playBeside(side, answer);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
  });

  it.each([maxJsonDepth, 2_500, 100_000])(
    'fails its turn when a block has %i levels',
    async (levels) => {
      const events = deepParts[protocol.name](block);
      const play = await playBeside(side, stream(events, deepText(levels)));
      expect(play.conversation).toMatchObject({ status: 'failed', reason: 'protocol' });
      expect(play.conversation.error?.message).toContain('nested in more than');
      expect(play.requests.filter(({ body }) => body.includes('the deep one'))).toHaveLength(1);
    },
  );

  it('is accepted when only data that is not saved is nested', async () => {
    const events = deepParts[protocol.name](textBlock, { details: 'DEEP' });
    const { conversation } = await playBeside(side, stream(events, deepText(100_000)));
    expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
  });

  it('fails like any other error when the error is nested', async () => {
    const error = { type: 'error', error: { type: 'invalid_request_error', message: 'No luck.' } };
    const deep = jsonWith({ ...error, details: 'DEEP' }, deepText(20_000));
    const reply = [
      { do: 'head', status: 400, headers: { 'content-type': 'application/json' } },
      { do: 'send', bytes: deep },
      { do: 'end' },
    ] as const;
    const { conversation } = await playBeside(side, { kind: 'http', reply });
    expect(conversation).toMatchObject({ status: 'failed', reason: 'invalid_request' });
    expect(conversation.error?.message).toContain('No luck');
  });

  it('fails its call when a tool returns it', async () => {
    let nested: unknown = [];
    for (let level = 0; level < 100_000; level++) nested = [nested];
    // A tool's return type is not to be trusted.
    const giver = { ...taker, execute: () => nested as string };
    const { conversation } = await playBeside(side, callOf(side, '{}'), [giver]);
    expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
    expect(conversation.toolCalls[0]).toMatchObject({ isError: true });
    expect(conversation.toolCalls[0]?.output).toContain('nested too deeply');
  });

  it('fails as a list of models, or is accepted without its nested parts', async () => {
    const models = jsonWith({ data: [{ id: 'm1', more: 'DEEP' }], more: 'DEEP' }, deepText(50_000));
    const served = await side.serve([
      {
        kind: 'http',
        reply: [
          { do: 'head', status: 200, headers: { 'content-type': 'application/json' } },
          { do: 'send', bytes: models },
          { do: 'end' },
        ],
      },
    ]);
    try {
      const found = await served.provider.listModels(new AbortController().signal);
      expect(found.map(({ id }) => id)).toEqual(['m1']);
    } finally {
      await served.close();
    }
  });
});

it.each([
  [maxJsonDepth, false],
  [maxJsonDepth + 1, true],
  [100_000, true],
])(
  'a whole input that comes with the start of its block is rejected at %i levels: %s',
  async (levels, isError) => {
    const events = anthropicBlock({ type: 'tool_use', id: 'c1', name: 'take', input: 'DEEP' });
    const text = sseText(events).replaceAll('"DEEP"', deepText(levels));
    const reply = streamReply(text);
    const { conversation } = await playBeside(anthropicSide, { kind: 'http', reply });
    expect(conversation).toMatchObject({ status: 'done', answer: 'Deep and done.' });
    expect(conversation.toolCalls).toMatchObject([{ isError }]);
  },
);
