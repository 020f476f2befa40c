import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolCallEvent, ToolCallRecord } from '../../../src/shared/toolCall.ts';
import {
  askedCalls,
  decidedCall,
  openCallWords,
  toolCallStates,
  withCallEvent,
} from '../../../src/shared/toolCall.ts';

const at = { turn: 1, callId: 'a', name: 'look', conversation: 0, atMs: 0 };

const [asked] = askedCalls({
  turn: 1,
  toolCalls: [{ callId: 'a', name: 'look', input: 1 }],
  seq: 1,
});
const calls: readonly ToolCallRecord[] = asked === undefined ? [] : [asked];

const event: fc.Arbitrary<ToolCallEvent> = fc.oneof(
  fc.constant({ type: 'tool.checked', ...at, seq: 2 } as const),
  fc.constant({ type: 'tool.waiting', ...at, seq: 2 } as const),
  fc.constant({ type: 'tool.started', ...at, input: 1, seq: 2 } as const),
  fc.constant({ type: 'tool.finished', ...at, output: 'x', isError: false, seq: 2 } as const),
);

describe('a tool call', () => {
  it('is asked for by its turn, unless the turn was cut off', () => {
    const turn = { turn: 1, toolCalls: [{ callId: 'a', name: 'look', input: 1 }], seq: 1 };
    expect(askedCalls(turn)).toMatchObject([{ state: 'asked', callId: 'a', turn: 1 }]);
    expect(askedCalls({ ...turn, stop: 'truncated' })).toEqual([]);
  });

  it('moves forward only: what runs never waits again, and what has ended stays', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (events) => {
        let known = calls;
        for (const next of events) {
          const before = known[0]?.state ?? 'asked';
          known = withCallEvent(known, next);
          const after = known[0]?.state ?? 'asked';
          expect(toolCallStates).toContain(after);
          if (before === 'running') expect(['running', 'ended']).toContain(after);
          if (before === 'ended') expect(after).toBe('ended');
          expect(after).not.toBe('asked');
        }
      }),
    );
  });

  it('keeps what decided on it, and waits for others once it is allowed', () => {
    const why = { verdict: 'ask', by: { kind: 'default', why: 'No rule.' } } as const;
    const allowed = { verdict: 'allow', by: { kind: 'person' } } as const;
    const waiting = withCallEvent(calls, { type: 'tool.waiting', ...at, decision: why, seq: 2 });
    expect(waiting).toMatchObject([{ state: 'waiting', decision: why }]);
    const [call] = waiting;
    if (call === undefined) throw new Error('There is no call.');
    expect(openCallWords(call, false)).toBe('waiting for a decision');
    const asked = { ...call, name: 'ask_user' };
    expect(openCallWords(asked, false)).toBe('waiting for an answer');
    const decided = decidedCall(call, allowed);
    expect(decided).toMatchObject({ state: 'waiting', decision: allowed });
    expect(openCallWords(decided, false)).toBe('waiting for other calls');
    const denied = decidedCall(call, { ...allowed, verdict: 'deny' });
    expect(openCallWords(denied, false)).toBe('denied');
    const started = { type: 'tool.started', ...at, input: 2, decision: allowed, seq: 3 } as const;
    const running = withCallEvent([decided], started);
    expect(running).toMatchObject([{ state: 'running', input: 2, decision: allowed }]);
    const ended = { type: 'tool.finished', ...at, output: '', isError: false, seq: 4 } as const;
    const after = withCallEvent(running, ended);
    expect(after).toMatchObject([{ state: 'ended', decision: allowed }]);
    expect(after.map((one) => decidedCall(one, why))).toEqual(after);
  });

  it('is known from its start where the turn that asked for it is lost', () => {
    const started = { type: 'tool.started', ...at, input: 1, seq: 2 } as const;
    expect(withCallEvent([], started)).toMatchObject([{ state: 'running', input: 1, seq: 2 }]);
    const finished = { type: 'tool.finished', ...at, output: '', isError: false, seq: 2 } as const;
    expect(withCallEvent([], finished)).toEqual([]);
  });
});
