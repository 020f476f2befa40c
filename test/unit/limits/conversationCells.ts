import path from 'node:path';
import { anthropicEvents } from '../../support/loopback/anthropicScript.ts';
import { plainReply, sseText, streamReply } from '../../support/loopback/replies.ts';
import { settled } from '../../support/settled.ts';
import { promptFile, promptFolder } from '../cli/commandLine.ts';
import type { Cell } from './cell.ts';
import {
  answers,
  callsFor,
  inTurns,
  type Ran,
  reasonOf,
  runAt,
  runUnderClock,
  sameSums,
  sums,
} from './commandLineRuns.ts';

const warning = 'you have made this same call several times';

/** Limits on runs, conversations and turns, each through `interleave run` and a real server. */
export const conversationCells = {
  maxTurns: {
    limit: 3,
    ends: ['final', 'final', 'max_turns'],
    take: async (turns, args) => reasonOf(await runAt({ replies: inTurns(sums(turns - 1)), args })),
  },
  maxTokens: {
    limit: 20,
    ends: ['final', 'final', 'max_tokens'],
    take: async (needed, args) => {
      const content = [{ type: 'text', text: 'As long as it takes.' }];
      const replies = ({ body }: { readonly body: string }) => {
        const stopReason = JSON.parse(body).max_tokens < needed ? 'max_tokens' : 'end_turn';
        return streamReply(sseText(anthropicEvents({ content, stopReason })));
      };
      return reasonOf(await runAt({ replies, args }));
    },
  },
  timeoutSeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['final', 'timeout', 'timeout'],
    take: answerAfter,
  },
  maxRunTokens: {
    limit: 15,
    // The rest of the budget is too small for another request.
    ends: ['budget', 'budget', 'budget'],
    take: async (tokens, args) => {
      const ran = await runWithTurnOf(tokens, args);
      if (ran.result?.usage.inputTokens === undefined) return 'not started';
      return reasonOf(ran);
    },
  },
  maxConversationTokens: {
    limit: 10_000,
    // The next request sends the conversation once more: the rest is too small for it.
    ends: ['budget', 'budget', 'budget'],
    take: async (tokens, args) => {
      const ran = await runWithTurnOf(tokens, args);
      return ran.server.requests.length === 1 ? reasonOf(ran) : 'sent too much or nothing';
    },
  },
  maxRunTurns: {
    limit: 3,
    ends: ['final', 'final', 'max_run_turns'],
    take: async (turns, args) => {
      const place = promptFile(promptsNamed(turns));
      const ran = await runAt({ replies: () => answers('Done.'), place, args });
      return lastReasonOf(ran);
    },
  },
  maxRunToolCalls: {
    limit: 3,
    ends: ['final', 'final', 'max_run_tool_calls'],
    take: async (calls, args) => {
      const place = promptFile(promptsNamed(calls));
      const replies = ({ body }: { readonly body: string }) =>
        body.includes('tool_result') ? answers('Done.') : callsFor(sums(1));
      const serial = [...args, '--mode', 'serial'];
      return lastReasonOf(await runAt({ replies, place, args: serial }));
    },
  },
  maxRunSeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['final', 'max_run_time', 'max_run_time'],
    take: answerAfter,
  },
  maxWaitSeconds: {
    limit: 90,
    ends: ['final', 'final', 'max_wait'],
    take: async (seconds, args) => {
      const limited = plainReply(429, {}, { 'retry-after': String(seconds) });
      const replies = [limited, answers('Done.')];
      const ran = await runUnderClock({ replies, args }, ({ arrived }) => arrived(1));
      return reasonOf(ran);
    },
  },
  requestsPerMinute: {
    limit: 10,
    ends: ['all are sent', 'all are sent', 'one waits'],
    take: async (count, args) => {
      const place = promptFile(promptsNamed(count));
      let sent = 0;
      await runUnderClock({ replies: () => answers('Done.'), place, args }, async (held) => {
        // A tenth of a minute's requests may go at once: one, and then another every 6 s.
        await held.arrived(1);
        for (let next = 2; next <= 10; next++) {
          await held.clock.advance(6_000);
          await held.arrived(Math.min(count, next));
        }
        await settled();
        sent = held.server.requests.length;
      });
      return sent === count ? 'all are sent' : 'one waits';
    },
  },
  tokensPerMinute: {
    limit: 600,
    // A tenth of a minute's tokens may go at once: a request of 60 tokens every 6 s.
    scale: 0.1,
    ends: ['it is sent', 'it is sent', 'it waits'],
    take: async (tokens, args) => {
      const place = promptFile(promptsNamed(3));
      const replies = () => answers('Done.', tokens - 5);
      const serial = [...args, '--mode', 'serial'];
      let sent = 0;
      await runUnderClock({ replies, place, args: serial }, async (held) => {
        // The size of the first request is not known in advance, so it does not count.
        await held.arrived(2);
        await held.clock.advance(6_000);
        if (tokens <= 60) await held.arrived(3);
        await settled();
        sent = held.server.requests.length;
      });
      return sent === 3 ? 'it is sent' : 'it waits';
    },
  },
  conversations: {
    limit: 2,
    ends: ['final', 'final', 'exit 2'],
    take: async (count, args) => {
      const place = promptFile(promptsNamed(count));
      return reasonOf(await runAt({ replies: () => answers('Done.'), place, args }));
    },
  },
  promptKB: {
    limit: 1,
    scale: 1_000,
    ends: ['final', 'final', 'exit 2'],
    take: async (bytes, args) => {
      const place = path.join(promptFolder({ 'a.prompt.md': 'x'.repeat(bytes) }), 'a.prompt.md');
      return reasonOf(await runAt({ replies: [answers('Done.')], place, args }));
    },
  },
  toolCalls: {
    limit: 3,
    ends: ['final', 'final', 'max_tool_calls'],
    take: async (calls, args) => reasonOf(await runAt({ replies: inTurns(sums(calls)), args })),
  },
  repeatsNoted: {
    limit: 4,
    ends: ['no warning', 'warning', 'warning'],
    take: async (calls, args) => {
      const patient = [...args, '--limit', 'repeatsStopped=50'];
      const { lastBody } = await runAt({ replies: inTurns(sameSums(calls)), args: patient });
      return lastBody.includes(warning) ? 'warning' : 'no warning';
    },
  },
  repeatsStopped: {
    limit: 4,
    ends: ['final', 'loop', 'loop'],
    take: async (calls, args) => reasonOf(await runAt({ replies: inTurns(sameSums(calls)), args })),
  },
  attempts: {
    limit: 5,
    ends: ['final', 'final', 'overloaded'],
    take: async (requests, args) => {
      const failures = Array.from({ length: requests - 1 }, () => plainReply(500, {}));
      return reasonOf(await runAt({ replies: [...failures, answers('Done.')], args }));
    },
  },
  retrySeconds: {
    limit: 5,
    scale: 1_000,
    ends: ['final', 'final', 'overloaded'],
    take: async (ms, args) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const failure = plainReply(500, {});
      const slow = [{ do: 'wait', for: promise } as const, ...failure];
      const replies = [failure, slow, answers('Done.')];
      const ran = await runUnderClock({ replies, args }, async ({ clock, arrived }) => {
        await arrived(2);
        await clock.advance(ms);
        resolve();
        await arrived(3);
      });
      return reasonOf(ran);
    },
  },
} satisfies { readonly [name: string]: Cell };

/** How a conversation ends whose answer comes after so many milliseconds. */
async function answerAfter(ms: number, args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const replies = [[{ do: 'wait', for: promise } as const, ...answers('Late.')]];
  const ran = await runUnderClock({ replies, args }, async ({ clock, arrived }) => {
    await arrived(1);
    await clock.advance(ms);
    resolve();
    await settled();
  });
  return reasonOf(ran);
}

/** A run of one conversation whose first turn takes so many tokens. */
function runWithTurnOf(tokens: number, args: readonly string[]): Promise<Ran> {
  return runAt({ replies: [callsFor(sums(1), 1, tokens - 5), answers('Done.')], args });
}

/** How the last conversation ended. */
function lastReasonOf({ result, outcome }: Ran): string {
  return result?.conversations.at(-1)?.reason ?? `exit ${outcome.code}`;
}

function promptsNamed(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`P${index}`, 'Go.']));
}
