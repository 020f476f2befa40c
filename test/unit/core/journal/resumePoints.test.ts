import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodeLine, encodeLine } from '../../../../src/core/journal/record/recordLine.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { Tool, ToolContext } from '../../../../src/core/tools/tool.ts';
import { messageProblems } from '../../../support/faults/historyProblems.ts';
import { newRun, reopenedRun } from '../../../support/journal/archivedRuns.ts';
import { openIntents } from '../../../support/journal/journalRecords.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  journalPath,
  processOf,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { asVersion1 } from '../../../support/journal/version1.ts';
import { never, oneToken, ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** Turns with one call of a tool each, then the answer; the request for one of the turns hangs. */
function provider({ turns = 3, hangsAt = 0, tool = 'look', calls = 1 } = {}) {
  return new ScriptedProvider((_, turn) => {
    if (turn === hangsAt) return (_request, signal) => never(signal);
    if (turn === turns) return { text: 'the answer' };
    const ids = Array.from({ length: calls }, (_call, index) => `${turn}.${index + 1}`);
    const asked = ids.map((callId) => ({ callId, name: tool, input: { what: callId } }));
    return { text: `thinking ${turn}`, calls: asked };
  });
}

interface Made {
  readonly what: string;
  readonly key: string | undefined;
}

/** A tool that keeps what it was asked for. `hangs` says which calls never end. */
function toolNamed(
  name: string,
  effect: Tool['effect'],
  made: Made[],
  hangs: (what: string) => boolean = () => false,
): Tool {
  return defineTool({
    name,
    description: 'Does it.',
    effect,
    inputSchema: z.object({ what: z.string() }),
    execute: ({ what }, { idempotencyKey: key }: ToolContext) => {
      made.push({ what, key });
      return hangs(what) ? new Promise<string>(() => undefined) : `result of ${what}`;
    },
  });
}

/** A run that was killed while its conversation was at work. */
async function killedRun(asked: ScriptedProvider, tools: readonly Tool[]) {
  const machine = createMachine(100);
  const { run } = await newRun(machine, { provider: asked, prompts: ['a'], tools });
  run.start();
  await machine.clock.advance(500);
  machine.alive.delete(100);
  machine.fs.losePower();
  return machine;
}

/** Goes on with it in another process. */
async function resumed(machine: TestMachine, asked: ScriptedProvider, tools: readonly Tool[]) {
  const next = processOf(machine, 200);
  const { run, reopened } = await reopenedRun(next, { provider: asked, prompts: ['a'], tools });
  run.resumeInterrupted();
  const result = await settle(next, run.ended());
  await next.clock.advance(100);
  for (const { messages } of asked.requests) expect(messageProblems(messages)).toEqual([]);
  const [conversation] = run.state.conversations;
  return { run, result, reopened, conversation: conversation!, kept: await read(next) };
}

type LineTest = (text: string) => boolean;

const isMessage =
  (index: number): LineTest =>
  (line) =>
    line.includes(`"k":"message","conversation":0,"index":${index},`);

const isTurn =
  (turn: number): LineTest =>
  (line) =>
    line.includes('"k":"turn"') && line.includes(`"turn":${turn},`);

/** Makes lines unreadable, as a bad block does. */
function damage(machine: TestMachine, isHit: LineTest): void {
  const lines = machine.fs.text(journalPath).split('\n');
  expect(lines.some(isHit)).toBe(true);
  const damaged = lines.map((line) => (isHit(line) ? line.replace('"c":"', '"c":"x') : line));
  machine.fs.put(journalPath, damaged.join('\n'));
}

function toVersion1(machine: TestMachine): void {
  machine.fs.put(journalPath, asVersion1(machine.fs.text(journalPath)));
}

/** Says something else in the lines that say this, with checksums that hold. */
function rewritten(text: string, before: string, after: string): string {
  return text
    .split('\n')
    .map((line) => {
      const decoded = line.includes(before) ? decodeLine(Buffer.from(line)) : undefined;
      if (decoded === undefined) return line;
      const payload = JSON.stringify(decoded.payload).replace(before, after);
      return encodeLine(decoded.seq, payload).toString().trimEnd();
    })
    .join('\n');
}

/** Takes away everything from that line on: it was not written before the end. */
function cutAt(machine: TestMachine, isFirst: LineTest): void {
  const lines = machine.fs.text(journalPath).split('\n');
  const index = lines.findIndex(isFirst);
  expect(index).toBeGreaterThan(0);
  machine.fs.put(journalPath, `${lines.slice(0, index).join('\n')}\n`);
}

function rolesOf(asked: ScriptedProvider): readonly (readonly string[])[] {
  return asked.requests.map(({ messages }) => messages.map(({ role }) => role));
}

describe('a conversation of which a turn is lost', () => {
  it('goes on from before the gap, and asks for that turn again', async () => {
    const machine = await killedRun(provider({ hangsAt: 3 }), [toolNamed('look', 'read', [])]);
    damage(machine, isTurn(2));
    const asked = provider();
    const { result, run, kept } = await resumed(machine, asked, [toolNamed('look', 'read', [])]);
    expect(rolesOf(asked)[0]).toEqual(['user', 'assistant', 'tool']);
    expect(result.conversations[0]).toMatchObject({ status: 'done', answer: 'the answer' });
    expect(run.state.notes).toEqual([
      '1 damaged record skipped: something of what was saved of this run is missing.',
    ]);
    expect(kept.state!.conversations[0]!.turns.map(({ turn }) => turn)).toEqual([1, 2, 3]);
  });

  it('does not count as ended when the lost turn was its answer', async () => {
    const machine = await killedRun(provider({ turns: 1 }), []);
    damage(machine, isTurn(1));
    const asked = provider({ turns: 1 });
    const { result, reopened } = await resumed(machine, asked, []);
    expect(reopened.damaged).toBe(2);
    expect(asked.requests).toHaveLength(1);
    expect(result.conversations[0]).toMatchObject({ status: 'done', answer: 'the answer' });
  });
});

describe('a conversation of which a message is lost, in a journal of version 1', () => {
  it('goes on from before the gap, and says how much is lost', async () => {
    const machine = await killedRun(provider({ hangsAt: 3 }), [toolNamed('look', 'read', [])]);
    toVersion1(machine);
    damage(machine, isMessage(3));
    const asked = provider();
    const { result, reopened, run, kept } = await resumed(machine, asked, [
      toolNamed('look', 'read', []),
    ]);
    expect(reopened.damaged).toBe(1);
    expect(rolesOf(asked)[0]).toEqual(['user', 'assistant', 'tool']);
    expect(result.conversations[0]).toMatchObject({
      status: 'done',
      answer: 'the answer',
      turns: 3,
    });
    expect(run.state.notes).toEqual([
      '1 damaged record skipped: something of what was saved of this run is missing.',
      '1 turn of "P0" could not be read back from the disk; it goes on after turn 1.',
    ]);
    expect(kept.incomplete).toEqual(new Set());
    expect(kept.state!.conversations[0]!.turns.map(({ turn }) => turn)).toEqual([1, 2, 3]);
  });

  it('starts from its prompt when that is the message', async () => {
    const machine = await killedRun(provider({ hangsAt: 3 }), [toolNamed('look', 'read', [])]);
    toVersion1(machine);
    damage(machine, isMessage(0));
    const asked = provider();
    const { result, run } = await resumed(machine, asked, [toolNamed('look', 'read', [])]);
    expect(rolesOf(asked)[0]).toEqual(['user']);
    expect(result.conversations[0]).toMatchObject({ status: 'done', turns: 3 });
    expect(run.state.notes.at(-1)).toBe(
      '2 turns of "P0" could not be read back from the disk; it goes on from its prompt.',
    );
  });

  it('does not run its calls again when their results are known from elsewhere', async () => {
    const machine = await killedRun(provider({ hangsAt: 3 }), [toolNamed('look', 'read', [])]);
    toVersion1(machine);
    damage(machine, isMessage(2));
    const made: Made[] = [];
    const asked = provider();
    await resumed(machine, asked, [toolNamed('look', 'read', made)]);
    expect(asked.requests[0]!.messages.at(-1)).toMatchObject({
      role: 'tool',
      outcomes: [{ callId: '1.1', content: 'result of 1.1', isError: false }],
    });
    expect(made.map(({ what }) => what)).toEqual(['2.1']);
  });

  it.each([
    ['that the provider had paused goes on with it', 'continue', 2],
    ['that somebody had asked more of asks for its answer again', 'truncated', 1],
  ] as const)('%s', async (_, stop, kept) => {
    const paused = (hangs: boolean) =>
      new ScriptedProvider((request, turn) => {
        if (turn === 3 && hangs) return (_request, signal) => never(signal);
        expect(messageProblems(request.messages.slice(0, 1))).toEqual([]);
        return turn === 3 ? { text: 'the end' } : { text: `part ${turn} `, stop: 'continue' };
      });
    const machine = await killedRun(paused(true), []);
    toVersion1(machine);
    damage(machine, isMessage(2));
    const text = machine.fs.text(journalPath);
    if (stop !== 'continue')
      machine.fs.put(journalPath, rewritten(text, '"stop":"continue"', `"stop":"${stop}"`));
    const next = processOf(machine, 200);
    const asked = paused(false);
    const { run } = await reopenedRun(next, { provider: asked, prompts: ['a'] });
    run.resumeInterrupted();
    await settle(next, run.ended());
    expect(asked.requests[0]!.messages).toHaveLength(kept);
  });

  it('whose other messages are whole goes on as if nothing had been', async () => {
    const machine = await killedRun(provider({ hangsAt: 3 }), [toolNamed('look', 'read', [])]);
    toVersion1(machine);
    damage(machine, (line) => line.includes('"type":"turn.started","turn":2'));
    const asked = provider();
    const { run } = await resumed(machine, asked, [toolNamed('look', 'read', [])]);
    expect(asked.requests).toHaveLength(1);
    expect(run.state.notes).toEqual([expect.stringContaining('1 damaged record skipped')]);
  });
});

describe('a conversation that was cut off', () => {
  it('after its answer, but before its end, ends with it: nothing is sent', async () => {
    const machine = await killedRun(provider({ turns: 1 }), []);
    cutAt(machine, (line) => line.includes('"type":"conversation.finished"'));
    const asked = provider({ turns: 1 });
    const { result } = await resumed(machine, asked, []);
    expect(asked.requests).toEqual([]);
    expect(result.conversations[0]).toMatchObject({
      status: 'done',
      reason: 'final',
      answer: 'the answer',
      turns: 1,
    });
  });

  it('between an answer and its booking asks for it again, and books it once', async () => {
    const machine = await killedRun(provider({ turns: 1 }), []);
    cutAt(machine, (line) => line.includes('"type":"turn.finished"'));
    const asked = provider({ turns: 1 });
    const { result, kept } = await resumed(machine, asked, []);
    expect(asked.requests).toHaveLength(1);
    expect(result.conversations[0]).toMatchObject({ status: 'done', turns: 1, usage: oneToken });
    expect(kept.messages.get(0)).toHaveLength(2);
  });

  it('between an answer with calls and its booking asks for it again, too', async () => {
    const machine = await killedRun(provider({ hangsAt: 2 }), [toolNamed('look', 'read', [])]);
    cutAt(machine, (line) => line.includes('"type":"turn.finished"'));
    const asked = provider();
    const { result } = await resumed(machine, asked, [toolNamed('look', 'read', [])]);
    expect(rolesOf(asked)[0]).toEqual(['user']);
    expect(result.conversations[0]).toMatchObject({ status: 'done', turns: 3 });
  });

  it('between two calls runs only the second one, and shows each of them once', async () => {
    const hangs = (what: string): boolean => what === '1.2';
    const first = [toolNamed('look', 'read', [], hangs)];
    const machine = await killedRun(provider({ calls: 2, turns: 2 }), first);
    const made: Made[] = [];
    const asked = provider({ calls: 2, turns: 2 });
    const { conversation } = await resumed(machine, asked, [toolNamed('look', 'read', made)]);
    expect(made.map(({ what }) => what)).toEqual(['1.2']);
    expect(conversation.toolCalls.map(({ callId, output }) => [callId, output])).toEqual([
      ['1.1', 'result of 1.1'],
      ['1.2', 'result of 1.2'],
    ]);
  });
});

describe('a call that only reads', () => {
  it('is made again when its result is lost, whatever else may be', async () => {
    const made: Made[] = [];
    const look = [toolNamed('look', 'read', made)];
    const machine = await killedRun(provider({ turns: 2, hangsAt: 2 }), look);
    damage(machine, (line) => isMessage(2)(line) || line.includes('"type":"tool.finished"'));
    const asked = provider({ turns: 2 });
    const { result } = await resumed(machine, asked, look);
    expect(made).toHaveLength(2);
    expect(asked.requests[0]!.messages.at(-1)).toMatchObject({
      outcomes: [{ content: 'result of 1.1', isError: false }],
    });
    expect(result.conversations[0]!.toolCalls).toHaveLength(1);
  });
});

describe('a call that changes something', () => {
  const isIntent: LineTest = (line) => line.includes('"k":"intent"');
  const isOutcome: LineTest = (line) => line.includes('"k":"outcome"');
  const isResult: LineTest = (line) => line.includes('"type":"tool.finished"');

  it('is on the disk before it is made, with a key of its own, and its end after', async () => {
    const machine = createMachine(100);
    const keys: (string | undefined)[] = [];
    const send = defineTool({
      name: 'send',
      description: 'Sends.',
      effect: 'write',
      inputSchema: z.object({ what: z.string() }),
      execute: (_, { idempotencyKey }) => {
        keys.push(idempotencyKey);
        const onDisk = machine.fs.files.get(journalPath)!.synced.toString();
        expect(onDisk).toContain(`"k":"intent"`);
        expect(onDisk).toContain(`"idempotencyKey":"${idempotencyKey}"`);
        return 'sent';
      },
    });
    const options = { provider: provider({ tool: 'send' }), prompts: ['a', 'b'], tools: [send] };
    const { run } = await newRun(machine, options);
    run.start();
    await settle(machine, run.ended());
    run.rerun([0, 1]);
    await settle(machine, run.ended());
    await machine.clock.advance(100);
    expect(keys).toHaveLength(8);
    expect(new Set(keys).size).toBe(8);
    const { records } = await read(machine);
    expect(records.filter(({ record }) => record.kind === 'outcome')).toHaveLength(8);
    expect(openIntents(records)).toEqual([]);
  });

  it('is not made again when its outcome is unknown: the model and the person are told', async () => {
    const made: Made[] = [];
    const send = [toolNamed('send', 'foreign', made, () => true)];
    const machine = await killedRun(provider({ tool: 'send', turns: 2 }), send);
    expect(made).toHaveLength(1);
    const asked = provider({ tool: 'send', turns: 2 });
    const { conversation } = await resumed(machine, asked, [toolNamed('send', 'foreign', made)]);
    expect(made).toHaveLength(1);
    const told = expect.stringContaining('The outcome of this call is unknown');
    expect(asked.requests[0]!.messages.at(-1)).toMatchObject({
      outcomes: [{ callId: '1.1', content: told, isError: true }],
    });
    expect(conversation.toolCalls).toMatchObject([{ name: 'send', output: told, isError: true }]);
  });

  it.each([
    ['its result is lost', [isResult], 'This call was made and succeeded'],
    [
      'its result and its end are lost',
      [isResult, isOutcome],
      'The outcome of this call is unknown',
    ],
    [
      'nothing but its start is left',
      [isResult, isOutcome, isIntent],
      'The outcome of this call is',
    ],
  ])('is not made again when %s', async (_, lost, told) => {
    const made: Made[] = [];
    const send = [toolNamed('send', 'foreign', made)];
    const machine = await killedRun(provider({ tool: 'send', turns: 2, hangsAt: 2 }), send);
    damage(machine, (line) => [...lost, isMessage(2)].some((isHit) => isHit(line)));
    const asked = provider({ tool: 'send', turns: 2 });
    await resumed(machine, asked, send);
    expect(made).toHaveLength(1);
    expect(asked.requests[0]!.messages.at(-1)).toMatchObject({
      outcomes: [{ content: expect.stringContaining(told), isError: true }],
    });
  });

  it('is made when it was certainly not begun', async () => {
    const made: Made[] = [];
    const send = [toolNamed('send', 'foreign', made)];
    const machine = await killedRun(provider({ tool: 'send', turns: 2, hangsAt: 2 }), send);
    cutAt(machine, (line) => line.includes('"type":"tool.started"'));
    await resumed(machine, provider({ tool: 'send', turns: 2 }), send);
    expect(made).toHaveLength(2);
  });

  it('is not made while the disk fails, nor later when it was cancelled meanwhile', async () => {
    const machine = createMachine(100);
    const made: Made[] = [];
    const send = [toolNamed('send', 'foreign', made)];
    // The turn is saved; only the intent is not.
    machine.fs.fault = (operation, path) =>
      operation === 'sync' && path === journalPath && isIntent(machine.fs.text(path))
        ? 'EIO'
        : undefined;
    const options = { provider: provider({ tool: 'send' }), prompts: ['a'], tools: send };
    const { run } = await newRun(machine, options);
    run.start();
    await machine.clock.advance(20_000);
    expect(run.state.conversations[0]!.toolCalls).toHaveLength(1);
    expect(made).toEqual([]);
    run.cancel();
    await settle(machine, run.ended());
    machine.fs.fault = () => undefined;
    await machine.clock.advance(20_000);
    expect(made).toEqual([]);
  });
});
