import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/core/base/clock.ts';
import { Runner } from '../../src/core/runner/runner.ts';
import type { Figure } from './figures.ts';
import { type Answer, providerAt, runOf, startOneServer, wholeAnswer } from './oneServer.ts';

/** A scenario with several runs or prompts that compete, at a server in this process. */
export interface Crowd {
  readonly name: string;
  /** What is measured, and the value on 2026-11-20. */
  readonly describe: string;
  measure(): Promise<readonly Figure[]>;
}

const promptsOf = (count: number, text = 'Go.'): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${text} ${index}`);

/** A clock that runs `speed` times as fast. */
function fastClock(speed: number): Clock {
  return {
    now: () => performance.now() * speed,
    random: Math.random,
    after: (ms, action) => {
      const timer = setTimeout(action, Math.min(2 ** 31 - 1, ms / speed));
      return { dispose: () => clearTimeout(timer) };
    },
  };
}

const fairShare: Crowd = {
  name: 'fair-share',
  describe:
    'a run of one prompt beside one of 1,000, at a concurrency of 8 and 200 ms per answer (before: it waited 21.8 of 23.7 s)',
  measure: async () => {
    const server = await startOneServer(async () => {
      await sleep(150 + Math.random() * 100);
      return wholeAnswer;
    });
    const provider = providerAt(server, false);
    const runner = new Runner();
    const timed = async (): Promise<number> => {
      const run = runOf(runner, provider, { prompts: ['Go.'], concurrency: 8 });
      const startMs = performance.now();
      run.start();
      await run.ended();
      return performance.now() - startMs;
    };
    const meanOf = async (times: number): Promise<number> => {
      let sum = 0;
      for (let time = 0; time < times; time++) sum += await timed();
      return sum / times;
    };
    const alone = await meanOf(10);
    const big = runOf(runner, provider, { prompts: promptsOf(1_000), concurrency: 8 });
    big.start();
    await sleep(1_000);
    const beside = await meanOf(10);
    big.cancel();
    await big.ended();
    provider.dispose();
    server.close();
    console.log(`alone ${alone.toFixed(0)} ms, beside 1,000 ${beside.toFixed(0)} ms (means of 10)`);
    return [{ name: 'fair-share/times-own', value: beside / alone, goal: '<= 2', digits: 2 }];
  },
};

const slowLocal: Crowd = {
  name: 'local-server',
  describe:
    '32 prompts at a local server that answers one at a time in 20 s, on a clock 40 times as fast (before: 8 done, 161 requests)',
  measure: async () => {
    const speed = 40;
    let free: Promise<unknown> = Promise.resolve();
    const server = await startOneServer(async () => {
      free = free.then(() => sleep(20_000 / speed));
      await free;
      return wholeAnswer;
    });
    const clock = fastClock(speed);
    // A server on this machine gets minutes to the first byte.
    const provider = providerAt(server, true, { clock, headersTimeoutMs: 600_000 });
    const run = runOf(new Runner({ clock }), provider, {
      ...{ prompts: promptsOf(32), concurrency: 'auto' },
    });
    run.start();
    const { counts } = await run.ended();
    provider.dispose();
    server.close();
    console.log(`${counts.done} of 32 done with ${server.requests} requests`);
    return [
      { name: 'local-server/not-done', value: 32 - counts.done, goal: '= 0', digits: 0 },
      { name: 'local-server/requests', value: server.requests, goal: '<= 40', digits: 0 },
    ];
  },
};

const tooLarge: Crowd = {
  name: 'too-large',
  describe:
    '100 prompts behind five that have more tokens than the limit per minute (before: 12 done after 60 s)',
  measure: async () => {
    const message =
      'Request too large for x on tokens per min (TPM): Limit 30000, Requested 50000.';
    const refusal: Answer = {
      status: 429,
      headers: { 'content-type': 'application/json', 'retry-after': '1' },
      body: JSON.stringify({ error: { code: 'rate_limit_exceeded', type: 'tokens', message } }),
    };
    const server = await startOneServer(async (body) => {
      await sleep(200);
      return body.includes('Too large.') ? refusal : wholeAnswer;
    });
    const provider = providerAt(server, false);
    const prompts = [...promptsOf(5, 'Too large.'), ...promptsOf(100)];
    const run = runOf(new Runner(), provider, { prompts, concurrency: 'auto' });
    const startMs = performance.now();
    run.start();
    const { counts } = await run.ended();
    const wallMs = performance.now() - startMs;
    provider.dispose();
    server.close();
    console.log(`${counts.done} of 100 done in ${(wallMs / 1000).toFixed(1)} s`);
    return [
      { name: 'too-large/not-done', value: 100 - counts.done, goal: '= 0', digits: 0 },
      { name: 'too-large/requests', value: server.requests, goal: '<= 105', digits: 0 },
      { name: 'too-large/seconds', value: wallMs / 1000, goal: '<= 3', digits: 1 },
    ];
  },
};

export const crowds: readonly Crowd[] = [fairShare, slowLocal, tooLarge];
