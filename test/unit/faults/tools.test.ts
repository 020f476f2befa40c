import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../src/core/tools/tool.ts';
import { faultProtocols } from '../../support/faults/faultProtocol.ts';
import { stage, turnReply } from './stage.ts';

const tool = (name: string, execute: () => unknown, timeoutMs?: number): Tool =>
  defineTool({
    name,
    description: name,
    effect: 'pure',
    inputSchema: z.looseObject({}),
    // A tool's return type is not to be trusted.
    execute: execute as () => string,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

const circular: Record<string, unknown> = {};
circular.self = circular;

const misfits: readonly [name: string, tool: Tool, output: RegExp][] = [
  ['never ends', tool('t', () => new Promise(() => undefined), 30), /did not end within 0\.03 s/],
  [
    'throws',
    tool('t', () => {
      throw new Error('No such thing.');
    }),
    /No such thing/,
  ],
  ['rejects with no error', tool('t', () => Promise.reject(null)), /./],
  ['returns a circular object', tool('t', () => circular), /./],
  ['returns nothing', tool('t', () => undefined), /ended without a result/],
];

describe.each(faultProtocols)('F18: a tool ($name)', (protocol) => {
  const { play } = stage(protocol);
  const call = (id: string) => ({ id, name: 't', input: {} });
  const answer = turnReply(protocol, { text: 'Done.' });

  it.each(misfits)('that %s fails its call and nothing else', async (_, misfit, output) => {
    const asked = turnReply(protocol, { calls: [call('a'), call('b')] });
    const { conversation, server } = await play([asked, answer], { agent: { tools: [misfit] } });
    expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
    expect(conversation.toolCalls.map(({ isError }) => isError)).toEqual([true, true]);
    expect(conversation.toolCalls[0]!.output).toMatch(output);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['50 MB', () => 'x'.repeat(50_000_000)],
    ['bytes', () => '\u0000\uD800\u0007'.repeat(30_000)],
  ])('that returns %s is clipped before the model sees it', async (_, execute) => {
    const asked = turnReply(protocol, { calls: [call('a')] });
    const agent = { tools: [tool('t', execute)] };
    const { conversation, server, kept0 } = await play([asked, answer], { agent });
    expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
    expect(conversation.toolCalls[0]!.output.length).toBeLessThanOrEqual(48_000);
    const [, , results] = kept0;
    if (results?.role !== 'tool') throw new Error('no results were recorded');
    expect(results.outcomes[0]!.content).toBe(conversation.toolCalls[0]!.output);
    expect(JSON.parse(server.requests[1]!.body)).toBeDefined();
  });
});
