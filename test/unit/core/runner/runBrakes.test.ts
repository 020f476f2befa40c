import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/core/agent/agentSpec.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { Runner } from '../../../../src/core/runner/runner.ts';
import { canContinue } from '../../../../src/shared/conversationState.ts';
import type { RaisedLimits } from '../../../../src/shared/raisedLimits.ts';
import { idsOf } from '../../../support/approvals/askingRuns.ts';
import { rulesOfRun } from '../../../support/approvals/ruleFixtures.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import type { TestRunOptions } from '../../../support/runs.ts';
import { impatient, record, testAgent, testRun } from '../../../support/runs.ts';
import { never, ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { settled } from '../../../support/settled.ts';

const call = (id: string) => ({ callId: id, name: 'sum_numbers', input: { numbers: [1, 2] } });

/** Makes one call, and then answers. */
const oneCall = () =>
  new ScriptedProvider((_, turn) =>
    turn === 1 ? { text: 'I add.', calls: [call('a')] } : { text: 'Done.' },
  );

function runOf(prompts: readonly string[], options: TestRunOptions, provider = oneCall()) {
  const run = testRun(testAgent(provider), prompts, options);
  return { run, provider, events: record(run) };
}

const stoppedBy = (run: Run, reason: string) =>
  run.state.conversations.filter((one) => one.phase === 'stopped' && one.reason === reason);

async function goOnWithAll(run: Run, raised?: RaisedLimits): Promise<void> {
  const again = run.state.conversations.filter(canContinue).map(({ index }) => index);
  run.continue(again, raised);
  await run.ended();
}

const raisesIn = (events: ReturnType<typeof record>) =>
  events.flatMap((event) =>
    event.type === 'conversation.resumed' && event.raised !== undefined ? [event.raised] : [],
  );

describe('a limit on the turns of a run', () => {
  it('is never exceeded by conversations at once, and stops those that need more', async () => {
    const { run, provider } = runOf(['A', 'B', 'C', 'D'], { maxRunTurns: 5 });
    run.start();
    await run.ended();
    expect(provider.requests).toHaveLength(5);
    expect(run.state.turns).toBe(5);
    expect(stoppedBy(run, 'max_run_turns').map(({ answer }) => answer)).toContain('I add.');
    expect(run.state.counts).toMatchObject({ done: 1, stopped: 3 });
  });

  it('does not count a request that failed', async () => {
    const provider = new ScriptedProvider(() =>
      provider.requests.length === 1 ? new Error('down') : { text: 'Done.' },
    );
    const { run } = runOf(['A', 'B'], { maxRunTurns: 1, mode: 'serial' }, provider);
    run.start();
    await run.ended();
    expect(run.state.counts).toMatchObject({ failed: 1, done: 1 });
  });

  it('is raised once for all that it stopped, also for those that had not begun', async () => {
    const { run, events } = runOf(['A', 'B', 'C', 'D'], { maxRunTurns: 4, mode: 'serial' });
    run.start();
    await run.ended();
    expect(stoppedBy(run, 'max_run_turns').map(({ turns }) => turns.length)).toEqual([0, 0]);
    await goOnWithAll(run);
    expect(run.state.counts.done).toBe(4);
    expect(raisesIn(events)).toEqual([{ maxRunTurns: 8 }]);
  });
});

describe('a limit on the tool calls of a run', () => {
  it('runs none of a turn that would exceed it, and goes on with them once it is raised', async () => {
    const { run, events } = runOf(['A', 'B', 'C'], { maxRunToolCalls: 2, mode: 'serial' });
    run.start();
    await run.ended();
    const [stopped] = stoppedBy(run, 'max_run_tool_calls');
    expect(stopped).toMatchObject({ index: 2, answer: 'I add.', toolCalls: [{ state: 'asked' }] });
    await goOnWithAll(run);
    expect(run.state.counts.done).toBe(3);
    expect(raisesIn(events)).toEqual([{ maxRunToolCalls: 4 }]);
    expect(run.state.toolCalls).toBe(3);
  });

  it('goes on with the limit that is given, and with no other', async () => {
    const { run, events } = runOf(['A', 'B'], { maxRunToolCalls: 1, mode: 'serial' });
    run.start();
    await run.ended();
    await goOnWithAll(run, { maxRunToolCalls: 3, maxTurns: 70 });
    expect(run.state.counts.done).toBe(2);
    expect(raisesIn(events)).toEqual([{ maxRunToolCalls: 3 }]);
  });
});

describe('a limit on the tokens of a conversation', () => {
  /** Each turn takes about a thousand tokens. `Long` asks for tools in its first ten turns. */
  function spendingRun(prompts: readonly string[]) {
    const provider = new ScriptedProvider(({ messages: [first] }, turn) => {
      const isLong = first?.role === 'user' && first.text === 'Long' && turn <= 10;
      return isLong ? { text: 'So far.', calls: [call(`c${turn}`)] } : { text: 'Done.' };
    });
    const answer = provider.turn.bind(provider);
    provider.turn = async (...args) => {
      const turn = await answer(...args);
      return { ...turn, usage: { ...turn.usage, inputTokens: 1_000 } };
    };
    const limits = { ...defaultLimits, maxOutputTokens: 20, repeatsStopped: 500 };
    const agent = testAgent(provider, { limits });
    const run = testRun(agent, prompts, { maxConversationTokens: 4_000 });
    return { run, events: record(run) };
  }

  it('stops only the conversation that used them up, and goes on with the limit given', async () => {
    const { run, events } = spendingRun(['Long', 'Short']);
    run.start();
    await run.ended();
    expect(run.state.conversations).toMatchObject([
      { reason: 'budget', answer: 'So far.', turns: [{}, {}, {}] },
      { reason: 'final' },
    ]);
    await goOnWithAll(run, { maxConversationTokens: 100_000 });
    expect(run.state.counts.done).toBe(2);
    expect(raisesIn(events)).toEqual([{ maxConversationTokens: 100_000 }]);
  });

  it('is doubled where none is given, for each conversation anew', async () => {
    const { run, events } = spendingRun(['Long', 'Long']);
    run.start();
    await run.ended();
    await goOnWithAll(run);
    expect(raisesIn(events)).toEqual([
      { maxConversationTokens: 8_000 },
      { maxConversationTokens: 8_000 },
    ]);
    expect(run.state.conversations.map(({ turns }) => turns.length)).toEqual([7, 7]);
  });
});

describe('a limit on the time of a run', () => {
  function timedRun(prompts: readonly string[], options: TestRunOptions = {}) {
    const clock = new ManualClock();
    const provider = new ScriptedProvider(() => ({ text: 'Done.' }));
    const turn = provider.turn.bind(provider);
    provider.turn = (_request, observer, signal) => {
      observer.onText?.('So far');
      return never(signal);
    };
    const runner = new Runner({ clock, retry: impatient });
    const run = testRun(testAgent(provider), prompts, { maxRunSeconds: 10, runner, ...options });
    const answer = (): void => {
      provider.turn = turn;
    };
    return { run, clock, answer, events: record(run) };
  }

  it('stops all that goes on and all that is queued, and keeps what there is', async () => {
    const { run, clock } = timedRun(['A', 'B'], { mode: 'serial' });
    run.start();
    await clock.advance(9_999);
    expect(run.state.state).toBe('running');
    await clock.advance(1);
    await run.ended();
    expect(stoppedBy(run, 'max_run_time')).toMatchObject([{ answer: 'So far' }, { answer: '' }]);
    expect(run.state.state).toBe('finished');
  });

  it('goes on with twice as much for all of them', async () => {
    const { run, clock, events, answer } = timedRun(['A', 'B']);
    run.start();
    await clock.advance(10_000);
    await run.ended();
    // Time between its end and going on is not the run's.
    await clock.advance(50_000);
    run.continue([0, 1]);
    await clock.advance(9_999);
    expect(run.state.state).toBe('running');
    await clock.advance(1);
    await run.ended();
    expect(raisesIn(events)).toEqual([{ maxRunSeconds: 20 }]);
    answer();
    await goOnWithAll(run);
    expect(run.state.counts.done).toBe(2);
  });

  it('does not count while all that is left waits for decisions', async () => {
    const clock = new ManualClock();
    const runner = new Runner({ clock, retry: impatient });
    const rules = rulesOfRun('ask *');
    const run = testRun(testAgent(oneCall()), ['A'], { maxRunSeconds: 10, runner, rules });
    run.start();
    await settled();
    await clock.advance(60_000);
    expect(run.state.state).toBe('running');
    await runner.inbox.decide({ kind: 'allow', requests: idsOf(runner.inbox) });
    await run.ended();
    expect(run.state.counts.done).toBe(1);
  });
});

describe('a limit on the time of a conversation', () => {
  it('is doubled when it goes on', async () => {
    const clock = new ManualClock();
    const provider = new ScriptedProvider(() => ({ text: 'Done.' }));
    provider.turn = (_request, _observer, signal) => never(signal);
    const limits = { ...defaultLimits, timeoutMs: 10_000 };
    const runner = new Runner({ clock, retry: impatient });
    const run = testRun(testAgent(provider, { limits }), ['A'], { runner });
    const events = record(run);
    run.start();
    await clock.advance(10_000);
    await run.ended();
    run.continue([0]);
    await clock.advance(19_999);
    expect(run.state.state).toBe('running');
    await clock.advance(1);
    await run.ended();
    expect(run.state.conversations[0]).toMatchObject({ reason: 'timeout' });
    expect(raisesIn(events)).toEqual([{ timeoutSeconds: 20 }]);
  });
});

describe('calls that cannot be run, or are equal', () => {
  const wrong = (turn: number) => ({ callId: `w${turn}`, name: 'no_such_tool', input: { turn } });
  const right = (turn: number) => ({ ...call(`c${turn}`), input: { numbers: [turn, 1] } });

  it('do not add up where the model mends them', async () => {
    const provider = new ScriptedProvider((_, turn) => {
      if (turn > 20) return { text: 'Done.' };
      return { calls: [turn % 4 === 0 ? right(turn) : wrong(turn)] };
    });
    const { run } = runOf(['A'], {}, provider);
    run.start();
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'final', turns: 21 });
  });

  it('stop a conversation that makes nothing else', async () => {
    const provider = new ScriptedProvider((_, turn) => ({ calls: [wrong(turn)] }));
    const { run } = runOf(['A'], {}, provider);
    run.start();
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'loop', turns: 4 });
  });

  it('are no loop where they are equal, but of one turn', async () => {
    const same = Array.from({ length: 30 }, (_, index) => call(`c${index}`));
    const provider = new ScriptedProvider((_, turn) =>
      turn === 1 ? { calls: same } : { text: 'Done.' },
    );
    const { run } = runOf(['A'], {}, provider);
    run.start();
    expect((await run.ended()).conversations[0]).toMatchObject({ reason: 'final', turns: 2 });
  });
});
