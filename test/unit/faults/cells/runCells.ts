import { expect, vi } from 'vitest';
import { commonWait } from '../../../../media/state/waitGroups.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { faultProtocols } from '../../../support/faults/faultProtocol.ts';
import { playSaved, resumeSaved } from '../../../support/faults/savedPlay.ts';
import type { Answer, Side } from '../../../support/faults/side.ts';
import { MemoryFs } from '../../../support/journal/memoryFs.ts';
import { plainReply, sseText, streamHead } from '../../../support/loopback/replies.ts';
import { settled } from '../../../support/settled.ts';
import { LanguageModelError, LanguageModelTextPart } from '../../../support/vscode/fakeVscode.ts';
import { type Cell, type FaultId, finalAnswer, outputs, type Scene, scenesOf } from './cell.ts';
import { checkLog, checkRecovered, checkRow, checkRun } from './checks.ts';
import { failuresOf } from './failures.ts';

/**
 * Faults of the run and not of the response: rate limit storms, cancelling, a dying process, a full
 * disk.
 */
export function runCells(side: Side): readonly Cell[] {
  return scenesOf(side).flatMap((scene) => {
    const cell = (fault: FaultId, what: string, play: () => Promise<void>): Cell => ({
      ...{ fault, what, play, side: side.name, place: scene.place },
    });
    return [
      cell('F2', 'every conversation is refused', () => playStorm(scene)),
      cell('F21', 'cancelled in mid-stream', () => playCancelled(scene)),
      cell('F24', 'the window closes in mid-stream', () => playClosed(scene)),
      cell('F25', 'the process dies after any record', () => playCrashes(scene)),
      cell('F26', 'the disk is full for a while', () => playFullDisk(scene)),
    ];
  });
}

const results = /"(?:tool_result|function_call_output)"|"callId":"[^"]*","content"/g;

/** The number of turns in a request's history. */
function turnsBehind(body: string): number {
  return body.match(results)?.length ?? 0;
}

function refusalOf(side: Side): Answer {
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) {
    return { kind: 'chat', answer: { refuses: LanguageModelError.Blocked('Slow down.') } };
  }
  const error = protocol.errorBody('rate_limit_error', 'Slow down.');
  return { kind: 'http', reply: plainReply(429, error, { 'retry-after': '5' }) };
}

async function playStorm({ side, before, script }: Scene): Promise<void> {
  const prompts = Array.from({ length: 12 }, (_, index) => `prompt-${index}.`);
  const refused = new Set<string>();
  let maxWaiting = 0;
  const play = await playSaved(
    side,
    (body) => {
      const turn = turnsBehind(body);
      const prompt = /prompt-\d+\./.exec(body)?.[0] ?? '';
      if (turn !== before || refused.has(prompt)) return script[turn]!;
      refused.add(prompt);
      return refusalOf(side);
    },
    {
      prompts,
      // One after another, all may be refused before one is accepted.
      attempts: prompts.length + 1,
      onRun: (run) => {
        run.onEvent(() => {
          const group = commonWait(run.state.conversations, run.nowMs());
          if (group?.reason === 'rate_limit') maxWaiting = Math.max(maxWaiting, group.count);
        });
      },
    },
  );
  checkRun(play);
  expect(play.result.counts).toMatchObject({ total: 12, done: 12 });
  for (const { answer, toolCalls } of play.result.conversations) {
    expect(answer).toBe(finalAnswer);
    expect(toolCalls.map(({ output }) => output)).toEqual(outputs);
  }
  expect(play.requests).toHaveLength(36 + refused.size);
  // One line for all waiting conversations, and not one each.
  expect(maxWaiting).toBeGreaterThan(1);
  checkLog(play, /… waiting for rate limit, /);
}

/** The beginning of an answer, and then nothing more. */
function openEnd(side: Side): Answer {
  const protocol = faultProtocols.find(({ name }) => name === side.name);
  if (protocol === undefined) {
    const parts = [new LanguageModelTextPart('Half')];
    return { kind: 'chat', answer: { parts, ending: 'silence' } };
  }
  const events = protocol.events({ text: 'Half' });
  const begun = events.findIndex(({ type }) => type.endsWith('delta')) + 1;
  const bytes = sseText(events.slice(0, begun));
  return { kind: 'http', reply: [streamHead(), { do: 'send', bytes }] };
}

/** Runs `act` as soon as the answer's first piece has arrived. */
function atFirstPiece(turn: number, act: () => void): (event: RunEvent) => void {
  return (event) => {
    if (event.type === 'turn.delta' && event.turn === turn && event.text === 'Half') {
      setImmediate(act);
    }
  };
}

async function playCancelled({ side, before, healthy }: Scene): Promise<void> {
  const play = await playSaved(side, [...healthy, openEnd(side)], {
    onRun: (run) => run.onEvent(atFirstPiece(before + 1, () => run.cancelConversation(0))),
  });
  checkRun(play);
  expect(play.conversation).toMatchObject({
    ...{ status: 'cancelled', reason: 'cancelled', answer: 'Half', turns: before },
  });
  expect(play.conversation.error).toBeUndefined();
  expect(play.requests).toHaveLength(before + 1);
  await play.requests[before]!.closed;
  expect(play.events.slice(-2).map(({ type }) => type)).toEqual([
    'conversation.finished',
    'run.finished',
  ]);
  expect(play.kept.messages.get(0)).toHaveLength(1 + 2 * before);
  checkLog(play, /⊘ cancelled/);
  checkRow(play, /^cancelled: Half$/);
}

async function playClosed(scene: Scene): Promise<void> {
  const { side, before, healthy, rest } = scene;
  const closed = await playSaved(side, [...healthy, openEnd(side)], {
    until: async (run, served) => {
      await new Promise<void>((resolve) => run.onEvent(atFirstPiece(before + 1, resolve)));
      run.abandon();
      await served.requests[before]!.closed;
    },
  });
  const { kept } = closed;
  expect(kept.messages.get(0)).toHaveLength(1 + 2 * before);
  expect(kept.records.some(({ record }) => JSON.stringify(record).includes('Half'))).toBe(false);
  const resumed = await resumeSaved(side, rest, closed);
  checkRecovered(resumed, rest.length);
  expect(resumed.requests[0]!.body).toBe(closed.requests[before]!.body);
  checkLog(resumed, /↻ resumed after \d turns?/);
}

/** Includes a failed attempt, so that there is more to restore. */
async function playCrashes(scene: Scene): Promise<void> {
  const { side, before, script, healthy, rest } = scene;
  const failure = failuresOf(side).find(({ fault }) => fault === 'F7')!;
  const play = await playSaved(side, [...healthy, failure.answer, ...rest]);
  const lines = play.kept.records.map(({ record }) => record);
  let done = 0;
  for (const [index, record] of lines.entries()) {
    // One write has this record and the plans of the conversations.
    if (record.kind === 'run.start') continue;
    const type = 'event' in record ? record.event.type : undefined;
    // Before this record, nobody has seen the turn.
    if (type === 'turn.finished') done++;
    if (type === 'conversation.finished') break;
    if (done < before || done > before + 1) continue;
    const resumed = await resumeSaved(side, script.slice(Math.min(done, 2)), play, index + 1);
    expect({ after: index + 1, ...resumed.conversation }).toMatchObject({
      ...{ after: index + 1, status: 'done', answer: finalAnswer },
    });
    // A call whose result is not in the history is repeated: tools change nothing.
    const calls = new Map(resumed.conversation.toolCalls.map((call) => [call.name, call.output]));
    expect([...calls.values()]).toEqual(outputs);
    // No complete turn is paid for twice.
    expect(resumed.requests).toHaveLength(3 - done);
    checkRun(resumed);
  }
}

async function playFullDisk({ side, before, script }: Scene): Promise<void> {
  const fs = new MemoryFs();
  const failing = { requests: 0, calls: 0 };
  const play = await playSaved(side, script, {
    ...{ fs, patienceMs: 6_000 },
    onRun: (run, served) => {
      run.onEvent((event) => {
        if (event.type === 'turn.started' && event.turn === before + 1) {
          fs.fault = (operation) => (operation === 'write' ? 'ENOSPC' : undefined);
        }
        if (event.type !== 'turn.finished' || event.turn !== before + 1) return;
        void settled().then(() => {
          failing.requests = served.requests.length;
          const { toolCalls } = run.state.conversations[0]!;
          failing.calls = toolCalls.filter(({ state }) => state !== 'asked').length;
          fs.fault = () => undefined;
        });
      });
    },
    until: async (run) => {
      await run.ended();
      await vi.waitFor(() => expect(failing.requests).toBeGreaterThan(0));
    },
  });
  // Nothing begins that could not be recorded.
  expect(failing).toEqual({ requests: before + 1, calls: before });
  checkRecovered(play, 3);
}
