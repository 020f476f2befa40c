import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../../../src/shared/usage.ts';
import { anthropicEvents } from '../../../../support/loopback/anthropicScript.ts';
import type { Reply } from '../../../../support/loopback/loopbackServer.ts';
import { openAiEvents } from '../../../../support/loopback/openAiScript.ts';
import { sseText, streamHead, streamReply } from '../../../../support/loopback/replies.ts';
import { answerText, protocols, smallRequest, testedProtocol } from '../protocols.ts';
import { send, turnHarness, until } from '../turnHarness.ts';

describe('the usage of an incomplete response', () => {
  describe.each(protocols)('($name)', (protocol) => {
    const { serve, ask } = turnHarness(protocol);

    it('is not reported for a complete response or for a refusal', async () => {
      const spent: Usage[] = [];
      const observer = { onSpent: (usage: Usage) => void spent.push(usage) };
      await ask(await serve([streamReply(answerText(protocol))]), {}, observer);
      const refusals: readonly Reply[] = [
        [{ do: 'head', status: 500 }, send('{}'), { do: 'end' }],
        [streamHead(), { do: 'reset' }],
      ];
      for (const refusal of refusals) {
        await ask(await serve([refusal]), {}, observer).catch(() => undefined);
      }
      expect(spent).toEqual([]);
    });
  });

  describe('(anthropic)', () => {
    const { serve, ask, provide } = turnHarness(testedProtocol('anthropic'));
    const events = anthropicEvents({
      content: [{ type: 'text', text: 'The answer is 20.' }],
      stopReason: 'end_turn',
      inputUsage: { cache_read_input_tokens: 90, cache_creation_input_tokens: 0 },
    });
    const early = { inputTokens: 100, outputTokens: 1, cacheReadTokens: 90, cacheWriteTokens: 0 };

    async function spentOn(reply: Reply): Promise<readonly Usage[]> {
      const spent: Usage[] = [];
      const observer = { onSpent: (usage: Usage) => void spent.push(usage) };
      await ask(await serve([reply]), {}, observer).catch(() => undefined);
      return spent;
    }

    it('is reported as far as the server has sent it', async () => {
      const upTo = (count: number) => send(sseText(events.slice(0, count)));
      expect(await spentOn([streamHead(), upTo(3), { do: 'cut' }])).toEqual([early]);
      const broken = { type: 'error', error: { type: 'overloaded_error', message: 'x' } };
      const reported = [streamHead(), upTo(2), send(sseText([broken])), { do: 'end' }] as const;
      expect(await spentOn(reported)).toEqual([early]);
      const late = [streamHead(), upTo(events.length - 2), { do: 'reset' }] as const;
      expect(await spentOn(late)).toEqual([early]);
      // From here on the response is complete.
      const whole = [streamHead(), upTo(events.length - 1), { do: 'reset' }] as const;
      expect(await spentOn(whole)).toEqual([]);
    });

    it('is reported for a cancelled response, too', async () => {
      const server = await serve([[streamHead(), send(sseText(events.slice(0, 3)))]]);
      const controller = new AbortController();
      const spent: Usage[] = [];
      let begun = false;
      const observer = {
        onBegin: () => {
          begun = true;
        },
        onSpent: (usage: Usage) => void spent.push(usage),
      };
      const turn = provide(server).turn(smallRequest, observer, controller.signal);
      const outcome = turn.catch((error: unknown) => error);
      await until(() => begun);
      controller.abort(new Error('changed my mind'));
      await outcome;
      expect(spent).toEqual([early]);
    });
  });

  describe('(openai)', () => {
    const { serve, ask } = turnHarness(testedProtocol('openai'));

    it('is reported when the server sends it with the failure', async () => {
      const events = openAiEvents({
        output: [],
        status: 'failed',
        usage: { input_tokens: 70, output_tokens: 3, total_tokens: 73 },
        response: { error: { code: 'server_error', message: 'No luck.' } },
      });
      const spent: Usage[] = [];
      const observer = { onSpent: (usage: Usage) => void spent.push(usage) };
      const server = await serve([streamReply(sseText(events))]);
      await expect(ask(server, {}, observer)).rejects.toThrow('No luck.');
      expect(spent).toEqual([
        { inputTokens: 70, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0 },
      ]);
    });
  });
});
