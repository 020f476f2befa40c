import { describe, expect, it, onTestFinished } from 'vitest';
import { createAnthropicProvider } from '../../src/core/providers/anthropic/provider.ts';
import { createOpenAiProvider } from '../../src/core/providers/openai/provider.ts';
import type { Provider } from '../../src/core/providers/provider.ts';
import type { RunResult } from '../../src/shared/runResult.ts';
import { plainReply } from '../support/loopback/replies.ts';
import { planned, testAgent, testRun } from '../support/runs.ts';
import { ScriptedProvider } from '../support/scriptedProvider.ts';
import {
  demoServer,
  interleave,
  promptFile,
  scriptedServer,
  viaAnthropic,
  viaOpenAi,
} from './cli/commandLine.ts';
import { hangs } from './cli/replies.ts';

/** Take about five and four seconds with the demo model at human pace. */
const twoPrompts = {
  Temperature: 'Sum 18, 24, 31 and 27. Then divide the result by 4. Then multiply it by 1.8.',
  Areas: 'What is (23 * 19) - (17 * 21)? Then divide it by 8.',
};

/** Fast enough for a test, slow enough that the two must overlap. */
const pace = 0.1;

describe('two concurrent prompts', () => {
  it.each(['anthropic', 'openai'] as const)(
    'interleave their tool calls and take less time than one after another, with %s',
    async (protocol) => {
      const server = await demoServer(pace);
      const via =
        protocol === 'openai' ? viaOpenAi(server.openaiBaseUrl) : viaAnthropic(server.origin);
      const args = ['run', promptFile(twoPrompts), ...via, '--model', 'demo'];
      const { code, out, err } = await interleave([...args, '--json', '-']);
      expect(code).toBe(0);
      const result: RunResult = JSON.parse(out);
      expect(result.conversations.map(({ name, answer }) => [name, answer])).toEqual([
        ['Temperature', expect.stringContaining('**45**')],
        ['Areas', expect.stringContaining('**10**')],
      ]);
      expect(turnTaking(callsInResult(result))).toBeGreaterThanOrEqual(3);
      expect(callsInLog(err)).toEqual(callsInResult(result));
      expect(result.wallMs).toBeLessThan(result.conversationMs);
      expect(result.savedPercent).toBeGreaterThan(0);
      expect(err).toMatch(/■ finished: 2 done; .* of conversation in .*, \d+ % less\n/);
    },
  );

  it('do not interleave in serial mode, and save no time', async () => {
    const server = await demoServer(pace);
    const via = [...viaAnthropic(server.origin), '--model', 'demo', '--mode', 'serial'];
    const { out } = await interleave(['run', promptFile(twoPrompts), ...via, '--json', '-']);
    const result: RunResult = JSON.parse(out);
    expect(turnTaking(callsInResult(result))).toBe(1);
    expect(result.savedPercent).toBe(0);
  });
});

/** The conversation of each tool call, in start order. */
function callsInResult({ conversations }: RunResult): readonly number[] {
  return conversations
    .flatMap(({ index, toolCalls }) => toolCalls.map(({ seq }) => ({ index, seq })))
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ index }) => index);
}

function callsInLog(log: string): readonly number[] {
  return [...log.matchAll(/ p(\d)\/2 .* → \w+ \{/g)].map(([, place]) => Number(place) - 1);
}

/** How often consecutive tool calls belong to different conversations. */
function turnTaking(owners: readonly number[]): number {
  return owners.filter((owner, at) => at > 0 && owner !== owners[at - 1]).length;
}

describe('a conversation that throws, one with a rejected key and one that is cancelled', () => {
  it('do not affect the others, with either protocol', async () => {
    const demo = await demoServer();
    const refusing = await scriptedServer(() =>
      plainReply(401, { error: { message: 'Incorrect API key', code: 'invalid_api_key' } }),
    );
    const silent = await scriptedServer(() => hangs);
    const broken = new ScriptedProvider(() => {
      throw new RangeError('broken');
    });
    const overMessages = own(createAnthropicProvider({ baseUrl: demo.origin, apiKey: 'k' }));
    const overResponses = own(createOpenAiProvider({ baseUrl: demo.openaiBaseUrl, apiKey: 'k' }));
    const rejected = own(createOpenAiProvider({ baseUrl: refusing.url, apiKey: 'wrong' }));
    const hanging = own(createAnthropicProvider({ baseUrl: silent.url, apiKey: 'k' }));
    const providers = [overMessages, broken, rejected, overResponses, hanging, overMessages];
    const items = providers.map((provider, index) => ({
      planned: planned(`Sum ${index}, 2 and 3, then multiply the result by 2.`, index),
      agent: testAgent(provider, { model: 'demo' }),
    }));
    const run = testRun(testAgent(broken), [], { items, whenBlocked: 'fail' });
    let ended = 0;
    run.onEvent(({ type }) => {
      if (type === 'conversation.finished') ended++;
      // Everything else has ended; only the hanging conversation is left.
      if (ended === 5 && type === 'conversation.finished') run.cancelConversation(4);
    });
    run.start();
    const result = await run.ended();
    expect(
      result.conversations.map(({ status, reason, answer }) => [
        `${status} ${reason}`,
        /\*\*(\d+)\*\*/.exec(answer)?.[1],
      ]),
    ).toEqual([
      ['done final', '10'],
      ['failed internal', undefined],
      ['failed auth', undefined],
      ['done final', '16'],
      ['cancelled cancelled', undefined],
      ['done final', '20'],
    ]);
    expect(result.state).toBe('finished');
    expect(result.counts).toEqual({ total: 6, done: 3, failed: 2, stopped: 0, cancelled: 1 });
  });
});

/** Disposes a provider when the test ends. */
function own(provider: Provider): Provider {
  onTestFinished(() => provider.dispose());
  return provider;
}
