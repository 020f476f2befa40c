import { describe, expect, it } from 'vitest';
import type { TurnCall } from '../../../../src/core/agent/attempt.ts';
import type { ConversationContext } from '../../../../src/core/agent/conversationContext.ts';
import { notRefused, type Slot } from '../../../../src/core/agent/requestSlots.ts';
import { defaultRetryPolicy } from '../../../../src/core/agent/retryPolicy.ts';
import { requestTurn } from '../../../../src/core/agent/turn.ts';
import { systemClock } from '../../../../src/core/base/clock.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import { type Reply, ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** Plays one turn whose listener fails at a step; counts the slots taken and released. */
async function play(failsAt: ConversationStep['type'] | 'onTurn', reply: Reply) {
  const slots = { taken: 0, back: 0 };
  const slot = {
    onHead: () => undefined,
    onBegin: () => undefined,
    release: () => {
      slots.back++;
      return notRefused;
    },
  } as unknown as Slot;
  const fail = (at: string): void => {
    if (at === failsAt) throw new Error(`the listener fails at ${at}`);
  };
  const served = {
    requestSlots: {
      acquire: async () => {
        slots.taken++;
        return slot;
      },
    },
    reserve: async ({ maxOutputTokens }: { readonly maxOutputTokens: number }) => ({
      ...{ maxOutputTokens, confirm: () => true },
      settle: () => undefined,
    }),
  };
  const context: ConversationContext = {
    ...served,
    serve: () => served,
    clock: systemClock,
    sleepWatch: { onWake: () => ({ dispose: () => undefined }) },
    retry: { ...defaultRetryPolicy, maxAttempts: 1, maxUnreadable: 1 },
    signal: new AbortController().signal,
    emit: ({ type }) => fail(type),
    whenBlocked: 'fail',
    record: () => undefined,
    commit: async () => undefined,
  };
  const call: TurnCall = {
    provider: new ScriptedProvider(() => reply),
    request: {
      ...{ model: 'm', system: '', tools: [], maxOutputTokens: 10 },
      messages: [{ role: 'user', text: 'Go.' }],
    },
    turn: 1,
    onTurn: () => fail('onTurn'),
    onCutOff: () => undefined,
  };
  const outcome = await requestTurn(call, context).catch((error: unknown) => error);
  return { slots, outcome };
}

describe('the slot of a request', () => {
  it.each<[ConversationStep['type'] | 'onTurn', Reply]>([
    ['conversation.started', { text: 'x' }],
    ['turn.started', { text: 'x' }],
    ['turn.delta', { text: 'x' }],
    ['onTurn', { text: 'x' }],
    ['turn.discarded', { text: '' }],
    ['turn.discarded', new ProviderError('No.', { kind: 'overloaded' })],
  ])('is released once although a listener fails at %s', async (step, reply) => {
    const { slots, outcome } = await play(step, reply);
    expect(slots).toEqual({ taken: 1, back: 1 });
    expect(outcome).not.toMatchObject({ kind: 'turn' });
  });
});
