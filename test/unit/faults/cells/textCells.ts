import { expect } from 'vitest';
import { faultProtocols } from '../../../support/faults/faultProtocol.ts';
import { playSaved } from '../../../support/faults/savedPlay.ts';
import type { Answer, Side } from '../../../support/faults/side.ts';
import type { EventData } from '../../../support/loopback/replies.ts';
import { sseText, streamReply } from '../../../support/loopback/replies.ts';
import {
  LanguageModelTextPart,
  LanguageModelToolCallPart,
} from '../../../support/vscode/fakeVscode.ts';
import { undisturbed } from '../stage.ts';
import { type Cell, finalAnswer, type Scene, scenesOf } from './cell.ts';
import { checkRecovered, checkResume, checkRun } from './checks.ts';

/** Fields that vendors may add, and texts that users may send. */
export function textCells(side: Side): readonly Cell[] {
  const scenes = scenesOf(side);
  const drifts = scenes.map(
    (scene): Cell => ({
      ...{
        fault: 'F31',
        side: side.name,
        place: scene.place,
        what: 'unknown fields, events and items',
      },
      play: () => playDrift(scene),
    }),
  );
  const prompts = oddPrompts.map(
    ({ what, prompt }): Cell => ({
      ...{ fault: 'F32', side: side.name, place: 'first turn', what },
      play: () => playPrompt(prompt, scenes[0]!),
    }),
  );
  const same: Cell = {
    ...{ fault: 'F32', side: side.name, place: 'first turn', what: 'the same prompt ten times' },
    play: () => playSame(scenes[0]!),
  };
  return [...drifts, ...prompts, same];
}

const novelty = { type: 'some_new_item', novelty: { deep: [1, null, 'ü'] } };

async function playDrift(scene: Scene): Promise<void> {
  const { side, before, healthy, rest } = scene;
  const play = await playSaved(side, [...healthy, drifted(scene), ...rest.slice(1)]);
  checkRecovered(play, 3);
  await checkResume(scene, play);
  if (side.name === 'vscode.lm') return;
  const message = play.kept.messages.get(0)![1 + 2 * before]!;
  const native = message.role === 'assistant' ? message.native : [];
  expect(native).toContainEqual(withUnknownFields(novelty));
  const next = play.requests[before + 1]?.body;
  if (next !== undefined) expect(next).toContain(JSON.stringify(withUnknownFields(novelty)));
}

/** The turn at this place, as a future version of the API might send it. */
function drifted({ side, before }: Scene): Answer {
  const turn = undisturbed[before]!;
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) {
    const { text, calls = [] } = turn;
    const known = [
      ...(text === undefined ? [] : [new LanguageModelTextPart(text)]),
      ...calls.map(
        ({ id, name, input }) => new LanguageModelToolCallPart(id!, name, input as object),
      ),
    ];
    const parts = known.flatMap((part) => [novelty, Object.assign(part, { news: true }), null]);
    return { kind: 'chat', answer: { parts } };
  }
  const events = protocol.events(turn);
  const more = side.name === 'anthropic' ? withBlock(events) : withItem(events);
  const news = { type: `${side.name === 'openai' ? 'response.' : ''}some_news`, data: [1] };
  const all = more.flatMap((event) => [news, withUnknownFields(event) as EventData]);
  return { kind: 'http', reply: streamReply(sseText(all)) };
}

/** Adds an unknown field to every object, except to tool inputs, which belong to the model. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    name === 'input' ? field : withUnknownFields(field),
  ]);
  return { ...Object.fromEntries(fields), some_news: { is: 'new' } };
}

function withBlock(events: readonly EventData[]): readonly EventData[] {
  const index = events.filter(({ type }) => type === 'content_block_start').length;
  const block: readonly EventData[] = [
    { type: 'content_block_start', index, content_block: novelty },
    { type: 'content_block_delta', index, delta: { type: 'some_new_delta', piece: 'x' } },
    { type: 'content_block_stop', index },
  ];
  return [...events.slice(0, -2), ...block, ...events.slice(-2)];
}

function withItem(events: readonly EventData[]): readonly EventData[] {
  const last = events.at(-1)!;
  const response = last.response as { readonly output: readonly unknown[] };
  const output = [...response.output, novelty];
  const item = { output_index: response.output.length, item: novelty };
  return [
    ...events.slice(0, -1),
    { type: 'response.output_item.added', ...item },
    { type: 'response.output_item.done', ...item },
    { ...last, response: { ...response, output } },
  ];
}

const oddPrompts = [
  { what: 'half a character', prompt: 'a\ud800b\udc00c' },
  { what: 'text from right to left', prompt: 'שלום \u202eevil\u202c عالم' },
  { what: 'control characters', prompt: 'a\u0001b\u001b[2Jc\u0007' },
  { what: 'a million characters', prompt: 'ü'.repeat(500_000) },
  { what: 'JSON that tries to end a request', prompt: '"}],"model":"other","x":[{"y":"' },
  { what: 'all kinds of line ends', prompt: 'a\r\nb\rc\u2028d\n\n\ne' },
];

/** The prompt arrives unchanged but well-formed, and the views show only harmless text. */
async function playPrompt(prompt: string, { side, script }: Scene): Promise<void> {
  const play = await playSaved(side, script, { prompts: [prompt] });
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', answer: finalAnswer });
  expect(play.requests).toHaveLength(3);
  const [{ body } = { body: '' }] = play.requests;
  expect(body.isWellFormed()).toBe(true);
  expect(textsIn(JSON.parse(body)).some((text) => text.endsWith(prompt.toWellFormed()))).toBe(true);
  const first = play.kept.messages.get(0)?.[0];
  expect(first?.role === 'user' && first.text.toWellFormed()).toBe(prompt.toWellFormed());
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

async function playSame({ side }: Scene): Promise<void> {
  const prompts = Array.from({ length: 10 }, () => 'The same.');
  const play = await playSaved(side, [side.turn({ text: 'Done.' })], { prompts });
  checkRun(play);
  expect(play.result.counts).toMatchObject({ total: 10, done: 10 });
  expect(play.requests).toHaveLength(10);
  expect(new Set(play.result.conversations.map(({ id }) => id)).size).toBe(10);
}
