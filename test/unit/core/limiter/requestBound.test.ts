import { describe, expect, it } from 'vitest';
import { RequestBounds } from '../../../../src/core/limiter/requestBound.ts';
import { tokenBound, tokenBoundOf } from '../../../../src/core/limiter/tokenBound.ts';
import type { Message } from '../../../../src/core/providers/message.ts';
import type { TurnRecord } from '../../../../src/shared/conversationState.ts';
import { tokens } from '../../../support/panel/runScript.ts';
import { testAgent } from '../../../support/runs.ts';
import { echoProvider } from '../../../support/scriptedProvider.ts';

const agent = testAgent(echoProvider(), { systemPrompt: 'Be brief and friendly.' });
const user = (text: string): Message => ({ role: 'user', text });
const answer: Message = { role: 'assistant', text: 'x', toolCalls: [], native: [] };
const prefix =
  tokenBound(agent.spec.systemPrompt) + tokenBound(JSON.stringify(agent.toolSchemas)) + 500;

const request = (messages: readonly Message[], usage?: TurnRecord['usage']) => ({
  ...{ agent, messages },
  conversation: { turns: usage === undefined ? [] : [{ usage } as TurnRecord] },
});

describe('the bound of the input of a request', () => {
  it('is that of its texts, of the system prompt and of the tools', () => {
    const bounds = new RequestBounds();
    const messages = [user('one'), user('two, three')];
    expect(bounds.inputOf(request(messages))).toBe(prefix + tokenBoundOf(messages));
    expect(bounds.safetyFactorOf(request(messages))).toBe(4);
  });

  it('is taken from the first usage once that is known, without what comes with each prompt', () => {
    const bounds = new RequestBounds();
    bounds.learn(request([user('hello')]), 1_000, tokens(90, 5));
    const messages = [user('other'), user('two')];
    expect(bounds.inputOf(request(messages))).toBe(
      90 + tokenBound('other') + tokenBoundOf([user('two')]),
    );
    expect(bounds.safetyFactorOf(request(messages))).toBe(1);
    // Not of a request that begins otherwise.
    const tools: Message = { role: 'tool', outcomes: [] };
    expect(bounds.inputOf(request([tools]))).toBe(90 + tokenBoundOf([tools]));
    expect(bounds.inputOf(request([]))).toBe(90);
  });

  it('is the smallest of several first usages, and never more than that of the texts', () => {
    const bounds = new RequestBounds();
    bounds.learn(request([user('a')]), 1_000, tokens(90, 5));
    bounds.learn(request([user('a')]), 1_000, tokens(70, 5));
    bounds.learn(request([user('a')]), 10_000, tokens(9_000, 5));
    expect(bounds.inputOf(request([user('')]))).toBe(70);
  });

  it('follows from the last usage and what came after that answer', () => {
    const bounds = new RequestBounds();
    const news = user('and now?');
    const whole = [user('hello'), answer, news];
    expect(bounds.inputOf(request(whole, tokens(200, 30)))).toBe(230 + tokenBoundOf([news]));
    expect(bounds.inputOf(request(whole, { ...tokens(200, 30), incomplete: true }))).toBe(
      prefix + tokenBoundOf(whole),
    );
    expect(bounds.inputOf(request([news], tokens(200, 30)))).toBe(prefix + tokenBoundOf([news]));
  });

  it('grows when the server counts more than the texts suggest', () => {
    const bounds = new RequestBounds();
    const later = request([user('hello'), answer, user('more')]);
    const before = bounds.inputOf(later);
    bounds.learn(later, 100, tokens(100, 5));
    expect(bounds.inputOf(later)).toBe(before);
    bounds.learn(later, 100, tokens(150, 5));
    expect(bounds.inputOf(later)).toBe(Math.ceil(before * 1.5));
    // A later answer says nothing of the prefix.
    expect(bounds.safetyFactorOf(later)).toBe(4);
  });

  it('learns nothing from incomplete usage', () => {
    const bounds = new RequestBounds();
    bounds.learn(request([user('a')]), 1, { ...tokens(90, 5), incomplete: true });
    expect(bounds.safetyFactorOf(request([]))).toBe(4);
    expect(bounds.usualOutput).toBe(0);
  });
});

describe('the usual length of an answer', () => {
  it('is the average of those so far', () => {
    const bounds = new RequestBounds();
    expect(bounds.usualOutput).toBe(0);
    for (const output of [10, 20, 31]) bounds.learn(request([]), 1, tokens(1, output));
    expect(bounds.usualOutput).toBe(21);
  });
});
