import { describe, expect, it, onTestFinished } from 'vitest';
import { reserveClosedPort } from '../../support/loopback/closedPort.ts';
import { settled } from '../../support/settled.ts';
import {
  demoServer,
  interleave,
  promptFile,
  scriptedServer,
  viaAnthropic,
  viaOpenAi,
} from './commandLine.ts';
import { fails, hangs, promptIn, says } from './replies.ts';

const sums = {
  'Sum then multiply': 'Sum 1, 4 and 5, then multiply the result by 2.',
  'Two areas': 'What is (23 * 19) - (17 * 21)?',
};

/** Answers with the prompt in capitals. The prompt `refuse` fails and `hang` stalls. */
async function echoServer() {
  return scriptedServer((request) => {
    const prompt = promptIn(request);
    if (prompt === 'refuse') return fails(400, 'invalid_request_error', 'I do not like it.');
    return prompt === 'hang' ? hangs : says(prompt.toUpperCase());
  });
}

describe('interleave run', () => {
  it.each(['anthropic', 'openai'] as const)(
    'prints all answers in prompt order and exits with 0, over the protocol of %s',
    async (protocol) => {
      const server = await demoServer();
      const via =
        protocol === 'openai' ? viaOpenAi(server.openaiBaseUrl) : viaAnthropic(server.origin);
      const { code, out, err } = await interleave([
        'run',
        promptFile(sums),
        ...via,
        '--model',
        'demo',
      ]);
      expect(code).toBe(0);
      expect(out).toMatch(
        /^✓ 1\. Sum then multiply {2}\(.*, 3 turns, 2 tool calls\)\n {2}The answer is \*\*20\*\*\./,
      );
      expect(out).toMatch(/\n\n✓ 2\. Two areas {2}\(.*, 3 turns, 3 tool calls\)\n .*\*\*80\*\*/);
      expect(out).toMatch(/\n2 of 2 prompts done\. .*\d m?s.*\.\n$/);
      expect(err).toContain('t1  → sum_numbers {"numbers":[1,4,5]}');
      expect(err).toMatch(/■ finished: 2 done; .*\d m?s/);
    },
  );

  it('keeps what succeeds when one prompt fails, and exits with 1', async () => {
    const server = await echoServer();
    const file = promptFile({ One: 'one', Two: 'refuse', Three: 'three' });
    const { code, out } = await interleave(['run', file, ...viaAnthropic(server.url)]);
    expect(code).toBe(1);
    expect(out).toContain('✓ 1. One');
    expect(out).toContain('\n  ONE\n');
    expect(out).toMatch(
      /\n✕ 2\. Two .*\n {2}failed: invalid_request: 127\.0\.0\.1:\d+ rejected the request \(HTTP 400\): I do not like it\./,
    );
    expect(out).toContain('\n  THREE\n');
    expect(out).toMatch(/\n2 of 3 prompts done, 1 failed\. /);
  });

  it('exits with 1 when a prompt stopped at a limit, and names the limit', async () => {
    const server = await demoServer();
    const args = ['run', promptFile(sums), ...viaAnthropic(server.origin), '--model', 'demo'];
    const { code, out } = await interleave([...args, '--max-turns', '1']);
    expect(code).toBe(1);
    expect(out).toMatch(
      /⚠ 1\. .*\n {2}stopped: it reached the maximum number of turns \(--max-turns\)\n/,
    );
    expect(out).toMatch(/0 of 2 prompts done, 2 stopped\./);
  });

  it('reports that the key was refused, without showing it', async () => {
    const server = await scriptedServer(() => fails(401, 'authentication_error', 'invalid key'));
    const { code, out, err } = await interleave(
      ['run', promptFile({ One: 'one' }), ...viaAnthropic(server.url)],
      { environment: { ANTHROPIC_API_KEY: 'sk-secret-4711' } },
    );
    expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['sk-secret-4711']);
    expect(code).toBe(1);
    expect(out).toMatch(/failed: auth: The key was refused by 127\.0\.0\.1:\d+/);
    expect(out + err).not.toContain('4711');
  });

  it('lets the others finish when one provider refuses its key', async () => {
    const refusing = await scriptedServer(() => fails(401, 'authentication_error', 'invalid key'));
    const file = promptFile({
      Refused: 'one',
      Answered: `<!-- interleave\nprovider: demo\nmodel: demo-fast\n-->\n\nSum 2 and 3.`,
    });
    const { code, out } = await interleave(['run', file, ...viaAnthropic(refusing.url)]);
    expect(code).toBe(1);
    expect(out).toMatch(/✕ 1\. Refused .*\n {2}failed: auth: /);
    expect(out).toMatch(/✓ 2\. Answered .*\n {2}.*\*\*5\*\*/);
    expect(out).toContain('Answers of the demo model are simulated.');
  });

  it('names the model that the server does not offer', async () => {
    const server = await demoServer();
    const args = ['run', promptFile(sums), ...viaOpenAi(server.openaiBaseUrl), '--model', 'gpt-9'];
    const { code, out } = await interleave(args);
    expect(code).toBe(1);
    expect(out).toMatch(/failed: not_found: The model gpt-9 is not offered by 127\.0\.0\.1:\d+/);
  });

  it('names the server that does not answer, and what to check', async () => {
    const closed = await reserveClosedPort();
    onTestFinished(closed.close);
    const { port } = closed;
    const via = viaAnthropic(`http://127.0.0.1:${port}`);
    const { code, out, err } = await interleave(['run', promptFile({ One: 'one' }), ...via]);
    expect(code).toBe(1);
    expect(out).toContain(
      `failed: network: Nothing answers at 127.0.0.1:${port}. Check that the server runs and that the base URL is right`,
    );
    expect(err).toContain('t1  ✕ attempt 1 network: Nothing answers at');
  });

  it('sends one prompt after another in serial mode', async () => {
    const order: string[] = [];
    const server = await scriptedServer((request) => {
      order.push(`asks ${promptIn(request)}`);
      return [...says(promptIn(request)), { do: 'wait', for: Promise.resolve() }];
    });
    const file = promptFile({ A: 'a', B: 'b', C: 'c' });
    const args = ['run', file, ...viaAnthropic(server.url), '--mode', 'serial'];
    const { code, err } = await interleave(args, {
      onErr: (soFar) => {
        const ended = /p(\d)\/3 .*✓ done[^\n]*\n$/.exec(soFar);
        if (ended !== null) order.push(`ends ${'abc'[Number(ended[1]) - 1]}`);
      },
    });
    expect(code).toBe(0);
    expect(order).toEqual(['asks a', 'ends a', 'asks b', 'ends b', 'asks c', 'ends c']);
    expect(err).toMatch(/, serial; at least [\d.]+k tokens in, cost unknown\n/);
  });

  it('cancels the rest at the first failure when it is all or nothing', async () => {
    const server = await echoServer();
    const file = promptFile({ One: 'hang', Two: 'refuse', Three: 'hang' });
    const args = ['run', file, ...viaAnthropic(server.url), '--failure', 'allOrNothing'];
    const { code, out } = await interleave(args);
    expect(code).toBe(1);
    expect(out).toMatch(/⊘ 1\. One .*\n {2}cancelled\n/);
    expect(out).toMatch(/0 of 3 prompts done, 1 failed, 2 cancelled\./);
  });

  it('prints finished answers when it is interrupted, and exits with 3', async () => {
    const server = await echoServer();
    const file = promptFile({ One: 'one', Two: 'hang' });
    const { code, out, err } = await interleave(['run', file, ...viaAnthropic(server.url)], {
      onErr: (soFar, interrupt) => {
        if (/p1\/2 .*✓ done[^\n]*\n$/.test(soFar)) interrupt();
      },
    });
    expect(code).toBe(3);
    expect(err).toContain('Cancelling. Finished answers are kept.');
    expect(out).toContain('\n  ONE\n');
    expect(out).toMatch(/⊘ 2\. Two .*\n {2}cancelled\n/);
    expect(out).toMatch(/1 of 2 prompts done, 1 cancelled\./);
    await Promise.all(server.requests.map(({ closed }) => closed));
  });

  it('limits the number of requests in flight', async () => {
    let [active, maxActive] = [0, 0];
    const { promise: bothAreThere, resolve } = Promise.withResolvers<void>();
    const server = await scriptedServer((request) => {
      active++;
      maxActive = Math.max(maxActive, active);
      if (active === 2) resolve();
      const pause = bothAreThere.then(settled).then(() => active--);
      return [{ do: 'wait', for: pause }, ...says(promptIn(request))];
    });
    const prompts = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`P${n}`, `p${n}`]));
    const args = ['run', promptFile(prompts), ...viaAnthropic(server.url), '--concurrency', '2'];
    // Otherwise, the first conversation would start alone, to fill the prompt cache.
    const { code } = await interleave([...args, '--no-warm-up']);
    expect(code).toBe(0);
    expect(maxActive).toBe(2);
    expect(server.requests).toHaveLength(9);
  });

  it('uses the demo model only when it is named, not when no key is set', async () => {
    const file = promptFile({ One: 'Sum 2 and 3.' });
    const none = await interleave(['run', file]);
    expect(none).toEqual({
      code: 2,
      out: '',
      err: 'No key is set. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or use the built-in demo model with --provider demo.\n',
    });
    const demo = await interleave(['run', file, '--provider', 'demo', '--model', 'demo-fast']);
    expect(demo.code).toBe(0);
    expect(demo.out).toMatch(/\*\*5\*\*/);
    expect(demo.err).toContain('demo demo-fast, concurrent, simulated answers');
  });
});
