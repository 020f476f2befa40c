import { describe, expect, it } from 'vitest';
import { anthropicBody } from '../../../../../src/core/providers/anthropic/request.ts';
import type { AnthropicRequest } from '../../../../../src/core/providers/anthropic/sdk.ts';
import type { Message } from '../../../../../src/core/providers/message.ts';
import {
  type ModelProfile,
  unknownModel,
} from '../../../../../src/core/providers/models/profile.ts';
import type { ModelRequest } from '../../../../../src/core/providers/provider.ts';
import { RequestBodies } from '../../../../../src/core/providers/turn/requestBodies.ts';
import { outcome, smallRequest } from '../protocols.ts';

const tools = ['a', 'b'].map((name) => ({
  ...{ name, description: 'Does.', inputSchema: { type: 'object' } },
}));
const long = 'A long document. '.repeat(25_000);

/** A conversation with this many turns, each with this many calls. */
function history(prompt: string, turns: number, calls = 1): readonly Message[] {
  const messages: Message[] = [{ role: 'user', text: prompt }];
  for (let turn = 0; turn < turns; turn++) {
    const ids = Array.from({ length: calls }, (_, index) => `c${turn}_${index}`);
    const toolCalls = ids.map((callId) => ({ callId, name: 'a', input: {} }));
    messages.push(
      { role: 'assistant', text: '', toolCalls, native: [], responseId: `msg_${turn}` },
      { role: 'tool', outcomes: ids.map((id) => outcome(id, '3', false)) },
    );
  }
  return messages;
}

function bodyOf(request: ModelRequest, profile: ModelProfile = unknownModel): AnthropicRequest {
  return new RequestBodies(anthropicBody).of<AnthropicRequest>(request, profile).whole();
}

/** Where the breakpoints are: `tools`, `system`, and messages by index. */
function marksOf(request: Partial<ModelRequest>): readonly (string | number)[] {
  const body = bodyOf({ ...smallRequest, tools, ...request });
  const isMarked = (part: unknown) => JSON.stringify(part)?.includes('cache_control') ?? false;
  return [
    ...(isMarked(body.tools) ? ['tools'] : []),
    ...(isMarked(body.system) ? ['system'] : []),
    ...body.messages.flatMap((message, index) => (isMarked(message) ? index : [])),
  ];
}

describe('the breakpoints of the prompt cache', () => {
  it('are at the end of the shared prefix: the system prompt, else the tools', () => {
    expect(marksOf({ system: 'Be brief.' })).toEqual(['system']);
    expect(marksOf({ system: '' })).toEqual(['tools']);
    expect(marksOf({ system: ' \n' })).toEqual(['tools']);
    expect(marksOf({ system: '', prefix: { tokens: 511, key: 'k' } })).toEqual([]);
  });

  it('include a long first prompt when tools make another request likely', () => {
    const messages = history(long, 0);
    expect(marksOf({ system: 'S', messages })).toEqual(['system', 0]);
    expect(marksOf({ system: 'S', messages, tools: [] })).toEqual(['system']);
  });

  it('are at most four and include the end of the previous request', () => {
    expect(marksOf({ system: 'S', messages: history(long, 1) })).toEqual(['system', 0, 2]);
    expect(marksOf({ system: 'S', messages: history(long, 2) })).toEqual(['system', 0, 2, 4]);
    // More than 20 blocks are between the last two, so each needs its own.
    const messages = history('Short.', 5, 15);
    expect(marksOf({ system: 'S', messages })).toEqual(['system', 8, 10]);
  });

  it('include the last breakpoint of the previous request', () => {
    for (let turns = 1; turns < 6; turns++) {
      const before = marksOf({ messages: history(long, turns) });
      expect(marksOf({ messages: history(long, turns + 1) })).toContain(before.at(-1));
    }
  });
});

describe('the reasons of a cache miss', () => {
  const profile = (isVendor: boolean): ModelProfile => ({ refused: new Set(), isVendor });

  it('are requested from the vendor only, with the id of the last response', () => {
    const messages = history('Short.', 2);
    const request = { ...smallRequest, messages };
    expect(bodyOf(request, profile(true)).diagnostics).toEqual({
      previous_message_id: 'msg_1',
    });
    expect(bodyOf(smallRequest, profile(true)).diagnostics).toEqual({
      previous_message_id: null,
    });
    expect(bodyOf(request, profile(false))).not.toHaveProperty('diagnostics');
  });
});
