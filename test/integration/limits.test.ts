import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunArgument } from '../../src/host/runArgument.ts';
import { anthropicEvents } from '../support/loopback/anthropicScript.ts';
import type { Replies } from '../support/loopback/loopbackServer.ts';
import { startLoopbackServer } from '../support/loopback/loopbackServer.ts';
import { sseText, streamReply } from '../support/loopback/replies.ts';
import { answer } from '../support/loopback/scriptedModel.ts';
import {
  rejectionOf,
  runToEnd,
  withUserSettings,
  writeWorkspaceFile,
} from './support/extension.ts';

const options = { provider: 'demo', model: 'demo-fast' } as const;
/** Takes the demo model three turns and two tool calls. */
const sum: RunArgument = { prompts: [{ text: 'Add 1 and 2, then multiply by 10.' }], options };

async function reasonUnder(
  settings: Readonly<Record<string, unknown>>,
  request: RunArgument = sum,
): Promise<string | undefined> {
  const result = await withUserSettings(settings, () => runToEnd(request));
  return result.conversations[0]?.reason;
}

async function atServer<T>(
  replies: Replies,
  act: (settings: Readonly<Record<string, unknown>>, bodies: () => readonly string[]) => Promise<T>,
): Promise<T> {
  const server = await startLoopbackServer(replies);
  try {
    const bodies = () => server.requests.map(({ body }) => body);
    return await act({ 'anthropic.baseUrl': server.url }, bodies);
  } finally {
    await server.close();
  }
}

describe('The limits in user settings', () => {
  it('apply to the conversations of a run', async () => {
    assert.equal(await reasonUnder({ 'limits.toolCalls': 1 }), 'max_tool_calls');
    assert.equal(await reasonUnder({ 'limits.toolCalls': 2 }), 'final');
    assert.equal(await reasonUnder({ maxTurns: 2 }), 'max_turns');
    assert.equal(await reasonUnder({ maxTurns: 3 }), 'final');
    assert.equal(await reasonUnder({ maxRunTokens: 1 }), 'budget');
  });

  it('fall back to the nearest allowed value when invalid', async () => {
    assert.equal(await reasonUnder({ 'limits.toolCalls': -3 }), 'max_tool_calls');
    assert.equal(await reasonUnder({ 'limits.toolCalls': 'many', maxTurns: 1e9 }), 'final');
  });

  it('can be overridden for one run', async () => {
    const limited = { ...options, limits: { toolCalls: 1 } };
    assert.equal(await reasonUnder({}, { ...sum, options: limited }), 'max_tool_calls');
  });

  it('reject a run that is too large before anything is sent', async () => {
    await atServer([], async (settings, bodies) => {
      const prompts = [{ text: 'a' }, { text: 'x'.repeat(1_001) }];
      const ask = (): Promise<unknown> => runToEnd({ prompts, options: { provider: 'anthropic' } });
      const many = { ...settings, 'limits.conversations': 1 };
      assert.equal(
        (await rejectionOf(withUserSettings(many, ask))).message,
        '2 prompts are chosen; a run may have 1. Choose fewer, or raise interleave.limits.conversations.',
      );
      const large = { ...settings, 'limits.promptKB': 1 };
      assert.equal(
        (await rejectionOf(withUserSettings(large, ask))).message,
        'The prompt "Prompt 2" has 1,001 bytes; a prompt may have 1,000 (1 KB). Shorten it, or raise interleave.limits.promptKB.',
      );
      assert.deepEqual(bodies(), []);
    });
  });

  it('apply to connections, including those of a known server', async () => {
    const text = 'x'.repeat(2_000);
    const event = `event: ping\ndata: {"type":"ping","x":"${text}"}\n\n`;
    const replies = () => [...streamReply([event]).slice(0, -1), ...answer('Done.').slice(1)];
    await atServer(replies, async (settings) => {
      const request = { prompts: [{ text: 'Go.' }], options: { provider: 'anthropic' } } as const;
      assert.equal(await reasonUnder(settings, request), 'final');
      assert.equal(await reasonUnder({ ...settings, 'limits.eventKB': 1 }, request), 'protocol');
      assert.equal(await reasonUnder({ ...settings, 'limits.eventKB': 3 }, request), 'final');
    });
  });

  it('apply to the tools', async () => {
    await writeWorkspaceFile('lines.txt', 'one\ntwo\nthree\n');
    const input = { path: 'lines.txt' };
    const content = [{ type: 'tool_use', id: 'toolu_1', name: 'read_file', input }];
    const asks = streamReply(sseText(anthropicEvents({ content, stopReason: 'tool_use' })));
    await atServer([asks, answer('Done.')], async (settings, bodies) => {
      const request = { prompts: [{ text: 'Go.' }], options: { provider: 'anthropic' } } as const;
      await reasonUnder({ ...settings, 'limits.fileLines': 2 }, request);
      assert.match(bodies()[1] ?? '', /Go on with startLine 3/);
    });
  });
});
