import { describe, expect, it } from 'vitest';
import type { ModelTurn, TurnObserver } from '../../../../src/core/providers/provider.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import type { RequestSpan } from '../../../../src/shared/span.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { oneToken, ScriptedProvider } from '../../../support/scriptedProvider.ts';

const answer: ModelTurn = {
  message: { role: 'assistant', text: 'Yes.', toolCalls: [], native: [] },
  stop: 'final',
  usage: oneToken,
};

/** Runs one conversation whose requests are answered by `turn` alone. */
async function spansOf(
  turn: (observer: TurnObserver, clock: ManualClock, attempt: number) => Promise<ModelTurn>,
) {
  const clock = new ManualClock();
  const provider = new ScriptedProvider(() => ({}));
  let attempt = 0;
  provider.turn = (_request, observer) => turn(observer, clock, ++attempt);
  const runner = new Runner({ retry: impatient, clock });
  const run = testRun(testAgent(provider), ['question'], { runner });
  const events = record(run);
  run.start();
  while (run.state.state === 'running') await clock.advance(1);
  const spans = run.state.conversations[0]!.spans.filter(
    (span): span is RequestSpan => span.kind === 'request',
  );
  return { spans, events };
}

describe('the first token of a request', () => {
  it.each([
    ['text', (observer: TurnObserver) => observer.onText?.('Y')],
    ['thinking', (observer: TurnObserver) => observer.onThinking?.('hm')],
    ['a tool call', (observer: TurnObserver) => observer.onToolCall?.()],
  ])('is the first %s, and is kept with the turn', async (_, begin) => {
    const { spans, events } = await spansOf(async (observer, clock) => {
      await clock.advance(30);
      begin(observer);
      await clock.advance(50);
      observer.onText?.('es.');
      return answer;
    });
    const [{ startMs, firstTokenMs, endMs } = expect.fail()] = spans;
    expect([firstTokenMs! - startMs, endMs! - startMs]).toEqual([30, 80]);
    expect(events.find(({ type }) => type === 'turn.finished')).toMatchObject({ firstTokenMs });
  });

  it('is the end of a response that arrived whole', async () => {
    const { spans } = await spansOf(async (_observer, clock) => {
      await clock.advance(30);
      return answer;
    });
    expect(spans[0]!.firstTokenMs).toBe(spans[0]!.endMs);
  });

  it('is kept of an attempt that failed after it, and of no other', async () => {
    const { spans, events } = await spansOf(async (observer, clock, attempt) => {
      await clock.advance(30);
      if (attempt === 1) throw new ProviderError('lost', { kind: 'network' });
      observer.onToolCall?.();
      await clock.advance(20);
      if (attempt === 2) throw new ProviderError('lost', { kind: 'network' });
      return answer;
    });
    const waits = spans.map(({ startMs, firstTokenMs }) => firstTokenMs && firstTokenMs - startMs);
    expect(waits).toEqual([undefined, 30, 30]);
    const discarded = events.filter(({ type }) => type === 'turn.discarded');
    expect(discarded.map((event) => 'firstTokenMs' in event)).toEqual([false, true]);
  });
});
