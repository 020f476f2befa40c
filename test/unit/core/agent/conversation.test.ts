import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import type { Message } from '../../../../src/core/providers/message.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import { currentWait } from '../../../../src/shared/span.ts';
import { record, testAgent, testRun } from '../../../support/runs.ts';
import { never, promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const sum = (callId: string, ...numbers: number[]) => ({
  callId,
  name: 'sum_numbers',
  input: { numbers },
});

async function runOne(provider: ScriptedProvider, config = {}) {
  const run = testRun(testAgent(provider, config), ['question']);
  const events = record(run);
  run.start();
  const result = await run.ended();
  return { conversation: result.conversations[0]!, result, events };
}

describe('a conversation', () => {
  it('continues from tool results to a final answer', async () => {
    const provider = new ScriptedProvider((request, turn) => {
      if (turn === 1) return { text: 'Adding.', calls: [sum('a', 1, 2), sum('b', 3, 4)] };
      const results = request.messages.at(-1);
      return {
        text: results?.role === 'tool' ? results.outcomes.map((o) => o.content).join() : '',
      };
    });
    const { conversation } = await runOne(provider);
    expect(conversation).toMatchObject({
      status: 'done',
      reason: 'final',
      answer: '3,7',
      turns: 2,
    });
    expect(conversation.usage.inputTokens).toBe(20);
    expect(provider.requests[1]!.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
    ]);
  });

  it('runs the tool calls of a turn one at a time, in order', async () => {
    const running: string[] = [];
    let active = 0;
    const slow = defineTool({
      name: 'slow',
      description: 'Waits.',
      effect: 'pure',
      inputSchema: z.object({ label: z.string() }),
      execute: async ({ label }) => {
        active++;
        running.push(`${label}${active}`);
        await new Promise((resolve) => setTimeout(resolve, label === 'a' ? 10 : 1));
        active--;
        return label;
      },
    });
    const calls = ['a', 'b', 'c'].map((label) => ({
      callId: label,
      name: 'slow',
      input: { label },
    }));
    const script = (_: unknown, turn: number) => (turn === 1 ? { calls } : { text: 'done' });
    await runOne(new ScriptedProvider(script), { tools: [slow] });
    expect(running).toEqual(['a1', 'b1', 'c1']);
    running.length = 0;
    const parallel = { tools: [slow], toolExecution: 'parallel' };
    const { conversation } = await runOne(new ScriptedProvider(script), parallel);
    expect(running).toEqual(['a1', 'b2', 'c3']);
    expect(conversation.toolCalls.map(({ output }) => output)).toEqual(['a', 'b', 'c']);
  });

  it('answers failed, unknown and malformed calls with errors and continues', async () => {
    const calls = [
      { callId: '1', name: 'divide_numbers', input: { dividend: 1, divisor: 0 } },
      { callId: '2', name: 'format_disk', input: {} },
      { callId: '3', name: 'sum_numbers', input: { numbers: 'many' } },
      { callId: '4', name: 'sum_numbers', input: {}, inputError: 'not JSON' },
      sum('5', 1, 1),
    ];
    const provider = new ScriptedProvider((_, turn) => (turn === 1 ? { calls } : { text: 'ok' }));
    const { conversation } = await runOne(provider);
    expect(conversation.status).toBe('done');
    expect(conversation.toolCalls.map(({ isError }) => isError)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(provider.requests[1]!.messages.at(-1)).toMatchObject({
      outcomes: calls.map(({ callId }) => ({ callId })),
    });
  });

  it.each([
    ['truncated', 'max_tokens'],
    ['context_full', 'context_full'],
    ['refused', 'refused'],
  ] as const)('is stopped, not failed, when the model ends with %s', async (stop, reason) => {
    const { conversation } = await runOne(new ScriptedProvider(() => ({ text: 'so far', stop })));
    expect(conversation).toMatchObject({ status: 'stopped', reason, answer: 'so far' });
  });

  it('runs no tool of a truncated turn', async () => {
    const script = () => ({ calls: [sum('a', 1, 2)], stop: 'truncated' as const });
    const { conversation } = await runOne(new ScriptedProvider(script));
    expect(conversation.toolCalls).toEqual([]);
  });

  it('joins the text of turns that the provider paused', async () => {
    const provider = new ScriptedProvider((_, turn) =>
      turn < 3 ? { text: `part ${turn} `, stop: 'continue' } : { text: 'end' },
    );
    const { conversation } = await runOne(provider);
    expect(conversation).toMatchObject({ status: 'done', answer: 'part 1 part 2 end' });
  });

  it('stops at the limits of turns and tool calls', async () => {
    const endless = () => new ScriptedProvider((_, turn) => ({ calls: [sum(`c${turn}`, turn)] }));
    const turns = await runOne(endless(), { limits: { ...defaultLimits, maxTurns: 3 } });
    // The last turn is asked for an answer and calls a tool anyway.
    expect(turns.conversation).toMatchObject({ status: 'stopped', reason: 'max_turns', turns: 4 });
    expect(turns.conversation.toolCalls.map(({ state }) => state)).toEqual([
      ...['ended', 'ended'],
      ...['asked', 'asked'],
    ]);
    const calls = await runOne(endless(), { limits: { ...defaultLimits, maxToolCalls: 2 } });
    expect(calls.conversation).toMatchObject({ status: 'stopped', reason: 'max_tool_calls' });
    expect(calls.conversation.toolCalls.map(({ state }) => state)).toEqual([
      ...['ended', 'ended', 'asked'],
    ]);
  });

  it('stops at its timeout and keeps what it had', async () => {
    const provider = new ScriptedProvider((_, turn) =>
      turn === 1 ? { text: 'first', calls: [sum('a', 1)] } : (__, signal) => never(signal),
    );
    const limits = { ...defaultLimits, timeoutMs: 30 };
    const { conversation } = await runOne(provider, { limits });
    expect(conversation).toMatchObject({ status: 'stopped', reason: 'timeout', answer: 'first' });
  });

  it('retries a transient failure and discards the partial text', async () => {
    let attempt = 0;
    const provider = new ScriptedProvider(() => {
      attempt++;
      return attempt < 3 ? new ProviderError('busy', { kind: 'overloaded' }) : { text: 'answer' };
    });
    const { conversation, events } = await runOne(provider);
    expect(conversation).toMatchObject({ status: 'done', answer: 'answer', attempts: 3, turns: 1 });
    expect(events.filter(({ type }) => type === 'turn.discarded')).toHaveLength(2);
  });

  it('fails after the last attempt and reports the number of attempts', async () => {
    const failure = new ProviderError('busy', { kind: 'overloaded', httpStatus: 529 });
    const { conversation } = await runOne(new ScriptedProvider(() => failure));
    expect(conversation).toMatchObject({
      status: 'failed',
      reason: 'overloaded',
      error: { kind: 'overloaded', message: 'busy', httpStatus: 529, attempts: 3 },
    });
  });

  it.each(['auth', 'quota', 'invalid_request', 'not_found'] as const)(
    'sends a request that failed with %s only once',
    async (kind) => {
      const provider = new ScriptedProvider(() => new ProviderError('no', { kind }));
      const { conversation } = await runOne(provider);
      expect(conversation).toMatchObject({ status: 'failed', reason: kind });
      expect(provider.requests).toHaveLength(1);
    },
  );

  it('waits as long as the server says, and shows until when', async () => {
    const failure = new ProviderError('later', { kind: 'rate_limit', retryAfterMs: 3_600_000 });
    const provider = new ScriptedProvider(() => failure);
    const run = testRun(testAgent(provider), ['question']);
    run.start();
    await vi.waitFor(() => expect(run.state.counts.waiting).toBe(1));
    const wait = currentWait(run.state.conversations[0]!);
    expect(wait).toMatchObject({ reason: 'rate_limit' });
    expect(wait!.untilMs!).toBeGreaterThan(3_500_000);
    expect(provider.requests).toHaveLength(1);
    run.cancel();
    expect((await run.ended()).counts.cancelled).toBe(1);
  });

  it('reports an internal error as its own failure instead of throwing', async () => {
    const provider = new ScriptedProvider(() => new TypeError('x is undefined'));
    const { conversation } = await runOne(provider);
    expect(conversation).toMatchObject({ status: 'failed', reason: 'internal' });
  });

  it('neither changes the messages passed in nor sees later changes to them', async () => {
    const provider = new ScriptedProvider((request, turn) =>
      turn === 1 ? { calls: [sum('a', 2, 3)] } : { text: promptOf(request) },
    );
    const agent = testAgent(provider);
    const messages: Message[] = [{ role: 'user', text: 'before' }];
    const copy = structuredClone(messages);
    const item = {
      planned: { id: 'a#b', name: 'b', prompt: 'before', provider: 'demo', model: 'm' },
      agent,
      messages,
    };
    const run = testRun(agent, [], { items: [item] });
    run.start();
    Object.assign(messages[0]!, { text: 'after' });
    messages.push({ role: 'user', text: 'more' });
    const result = await run.ended();
    expect(result.conversations[0]!.answer).toBe('before');
    expect(messages).toHaveLength(2);
    expect(copy).toEqual([{ role: 'user', text: 'before' }]);
  });
});

describe('an agent', () => {
  it('is deeply frozen', () => {
    const { spec, tools, toolSchemas } = testAgent(new ScriptedProvider(() => ({})));
    expect(Object.isFrozen(spec)).toBe(true);
    expect(Object.isFrozen(spec.limits)).toBe(true);
    expect([...tools.values()]).toSatisfy((all: object[]) => all.every(Object.isFrozen));
    expect(Object.isFrozen(toolSchemas[0]!.inputSchema)).toBe(true);
    expect(() => Object.assign(spec.limits, { maxTurns: 1 })).toThrow(TypeError);
  });

  it('rejects an invalid limit', () => {
    const limits = { ...defaultLimits, maxTurns: 0 };
    expect(() => testAgent(new ScriptedProvider(() => ({})), { limits })).toThrow(/maxTurns/);
  });
});
