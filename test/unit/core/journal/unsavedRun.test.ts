import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { resultToMarkdown } from '../../../../src/core/export/markdown.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import type { ArchivedRunOptions } from '../../../support/journal/archivedRuns.ts';
import { newRun, reopenedRun } from '../../../support/journal/archivedRuns.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  journalPath,
  lockPath,
  processOf,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { record } from '../../../support/runs.ts';
import { never, promptOf, ScriptedProvider } from '../../../support/scriptedProvider.ts';

/** Two tool turns, then the answer; `onTurn` hears of each request before it is answered. */
function provider(onTurn: (prompt: string, turn: number) => void = () => undefined) {
  return new ScriptedProvider((request, turn) => {
    onTurn(promptOf(request), turn);
    if (turn === 3) return { text: `answer ${promptOf(request)}` };
    const calls = [{ callId: `${turn}`, name: 'sum_numbers', input: { numbers: [turn, 1] } }];
    return { text: `thinking ${turn}`, calls };
  });
}

function failWith(machine: TestMachine, code: string): void {
  machine.fs.fault = (operation, path) =>
    path === journalPath && ['write', 'append'].includes(operation) ? code : undefined;
}

function mend(machine: TestMachine): void {
  machine.fs.fault = () => undefined;
}

function typesOf(events: readonly RunEvent[]): readonly string[] {
  return events.map(({ type }) => type).filter((type) => type.startsWith('run.'));
}

/** A run whose disk fails from the second request of "b" on. */
async function failingRun(code = 'ENOSPC', more: Partial<ArchivedRunOptions> = {}) {
  const machine = createMachine();
  const asked = provider((prompt, turn) => {
    if (prompt === 'b' && turn === 2) failWith(machine, code);
  });
  const { run } = await newRun(machine, { provider: asked, ...more });
  const events = record(run);
  run.start();
  await machine.clock.advance(200);
  return { machine, run, events, asked };
}

describe('a run that cannot be saved', () => {
  it.each([
    ['ENOSPC', 'the disk is full. Free some space.'],
    ['EROFS', 'the disk is read-only. Make it writable.'],
    ['EACCES', 'permission was refused. Check who may write there.'],
    ['EIO', 'Check the disk.'],
  ])('is paused, says why, and continues: %s', async (code, text) => {
    const { machine, run, events, asked } = await failingRun(code);
    expect(run.state.paused).toMatchObject({ kind: 'internal' });
    expect(run.state.paused?.message).toMatch(/^This run cannot be saved: /);
    expect(run.state.paused?.message).toContain(text);
    expect(run.state.paused?.message).toContain('The run continues as soon as that is fixed.');
    const sent = asked.requests.length;
    const started = events.filter(({ type }) => type === 'tool.started').length;
    await machine.clock.advance(60_000);
    expect(asked.requests).toHaveLength(sent);
    expect(events.filter(({ type }) => type === 'tool.started')).toHaveLength(started);
    expect(events.filter(({ type }) => type === 'run.paused')).toHaveLength(1);
    expect(run.state.conversations.every(({ phase }) => phase === 'waiting')).toBe(true);
    mend(machine);
    const result = await settle(machine, run.ended());
    expect(result.counts).toMatchObject({ done: 3 });
    expect(typesOf(events)).toEqual(['run.started', 'run.paused', 'run.resumed', 'run.finished']);
    await machine.clock.advance(100);
    machine.fs.losePower();
    const kept = await read(machine);
    expect(kept).toMatchObject({ missing: 0, incomplete: new Set() });
    expect(kept.state).toMatchObject({ state: 'finished', counts: { done: 3 } });
  });

  it('keeps the time that is spent waiting for the disk out of every limit', async () => {
    const { machine, run } = await failingRun();
    await machine.clock.advance(3 * 3_600_000);
    mend(machine);
    expect((await settle(machine, run.ended())).counts).toMatchObject({ done: 3, stopped: 0 });
  });

  it('counts the time of tools again once the disk works', async () => {
    const machine = createMachine();
    const hang = defineTool({
      name: 'sum_numbers',
      description: 'Hangs.',
      effect: 'read',
      inputSchema: z.looseObject({}),
      execute: (_, { signal }) => never(signal),
    });
    const asked = provider(() => failWith(machine, 'ENOSPC'));
    const { run } = await newRun(machine, { provider: asked, prompts: ['a'], tools: [hang] });
    run.start();
    await machine.clock.advance(3_600_000);
    mend(machine);
    await machine.clock.advance(610_000);
    expect(run.state.conversations[0]).toMatchObject({ phase: 'stopped', reason: 'timeout' });
  });

  it('still has its answers, and can be cancelled', async () => {
    const machine = createMachine();
    const asked = new ScriptedProvider((request) => {
      if (promptOf(request) === 'a') return { text: 'first' };
      failWith(machine, 'ENOSPC');
      const calls = [{ callId: '1', name: 'sum_numbers', input: { numbers: [1] } }];
      return { text: '', calls };
    });
    const { run } = await newRun(machine, { provider: asked, prompts: ['a', 'b'], concurrency: 1 });
    run.start();
    await machine.clock.advance(30_000);
    expect(run.state.paused).toBeDefined();
    expect(resultToMarkdown(run.result(), 'test')).toContain('first');
    run.cancel();
    const result = await settle(machine, run.ended());
    expect(result).toMatchObject({ state: 'cancelled', counts: { done: 1, cancelled: 1 } });
    expect(run.state.paused).toBeUndefined();
  });

  it('is saved to its end when the disk works again after it has ended', async () => {
    const machine = createMachine();
    const asked = provider((_, turn) => {
      if (turn === 3) failWith(machine, 'ENOSPC');
    });
    const { run } = await newRun(machine, { provider: asked, prompts: ['a'] });
    run.start();
    await settle(machine, run.ended());
    await machine.clock.advance(20_000);
    expect((await read(machine)).state?.state).toBe('running');
    expect(machine.fs.files.has(lockPath)).toBe(true);
    mend(machine);
    await machine.clock.advance(6_000);
    expect((await read(machine)).state).toMatchObject({ state: 'finished', counts: { done: 1 } });
    expect(machine.fs.files.has(lockPath)).toBe(false);
  });

  it.each([true, false])(
    'is known not to be whole when it is left so: disk fails %s',
    async (fails) => {
      const machine = createMachine();
      const { run, recorder } = await newRun(machine, { provider: provider(), prompts: ['a'] });
      run.onEvent(({ type }) => {
        if (type === 'conversation.finished' && fails) failWith(machine, 'ENOSPC');
      });
      run.start();
      await settle(machine, run.ended());
      await settle(machine, recorder!.saving.dispose());
      expect(recorder!.saving.hasLost).toBe(fails);
    },
  );

  it('tries at once when it is asked to, and says so when it is in vain', async () => {
    const { machine, run, events } = await failingRun();
    run.resume();
    await machine.clock.advance(0);
    expect(typesOf(events).slice(1)).toEqual(['run.paused', 'run.resumed', 'run.paused']);
    mend(machine);
    run.resume();
    await machine.clock.advance(50);
    expect(run.state.paused).toBeUndefined();
    expect((await settle(machine, run.ended())).counts.done).toBe(3);
  });

  it('waits on the command line, too, where nobody can resume it', async () => {
    const { machine, run } = await failingRun('ENOSPC', { whenBlocked: 'fail' });
    await machine.clock.advance(60_000);
    expect(run.state.paused).toBeDefined();
    mend(machine);
    expect((await settle(machine, run.ended())).counts).toMatchObject({ done: 3, failed: 0 });
  });

  it('waits from its start when it could not be begun, and begins nothing', async () => {
    const machine = createMachine();
    machine.fs.capacity = 10;
    const asked = provider();
    const { run } = await newRun(machine, { provider: asked });
    const events = record(run);
    run.start();
    await machine.clock.advance(60_000);
    expect(asked.requests).toEqual([]);
    expect(run.state.paused?.message).toContain('the disk is full.');
    machine.fs.capacity = Number.POSITIVE_INFINITY;
    expect((await settle(machine, run.ended())).counts.done).toBe(3);
    expect(typesOf(events)).toEqual(['run.started', 'run.paused', 'run.resumed', 'run.finished']);
    await machine.clock.advance(100);
    expect(await read(machine)).toMatchObject({ missing: 0, definition: {} });
  });

  it('goes on unsaved where somebody who is told wants that', async () => {
    const machine = createMachine();
    machine.fs.capacity = 10;
    const told: string[] = [];
    const onFailure = ({ message }: { readonly message: string }): void => void told.push(message);
    const { run, recorder } = await newRun(machine, { provider: provider(), onFailure });
    run.start();
    expect((await settle(machine, run.ended())).counts.done).toBe(3);
    expect(recorder).toBeUndefined();
    expect(told).toEqual([expect.stringContaining('the disk is full. Free some space.')]);
  });

  it('does not begin again while another process has it, and does when that is over', async () => {
    const machine = createMachine();
    const { run } = await newRun(machine, { provider: provider(), prompts: ['a'] });
    run.start();
    await settle(machine, run.ended());
    await machine.clock.advance(100);
    const other = { ...machine, identity: { ...machine.identity, pid: 200 } };
    machine.alive.add(200);
    const held = await reopenedRun(other, { provider: provider(), prompts: ['a'] });
    run.rerun([0]);
    for (let second = 0; second < 20; second++) await machine.clock.advance(1_000);
    expect(run.state.paused?.message).toContain('open in another window or process');
    await settle(machine, held.recorder!.saving.dispose());
    expect((await settle(machine, run.ended())).counts.done).toBe(1);
    await machine.clock.advance(100);
    expect((await read(machine)).state).toMatchObject({ state: 'finished' });
  });
});

describe('a run in two windows', () => {
  it('goes on in the new one as soon as the old one is gone, and only there', async () => {
    const machine = createMachine();
    const asked = provider();
    const hanging = new ScriptedProvider(() => (_, signal) => never(signal));
    const old = await newRun(machine, { provider: hanging, prompts: ['a'] });
    old.run.start();
    await machine.clock.advance(100);
    const other = processOf(machine, 200);
    const taking = reopenedRun(other, { provider: asked, prompts: ['a'] });
    for (let second = 0; second < 3; second++) await machine.clock.advance(1_000);
    old.run.abandon();
    await settle(machine, old.recorder!.saving.dispose());
    const { run } = await settle(machine, taking);
    run.resumeInterrupted();
    expect((await settle(machine, run.ended())).counts.done).toBe(1);
    await machine.clock.advance(100);
    expect(await read(machine)).toMatchObject({ missing: 0, damaged: 0 });
  });

  it('does not go on in the new one while the old one lives, and says so', async () => {
    const machine = createMachine();
    const hanging = new ScriptedProvider(() => (_, signal) => never(signal));
    const old = await newRun(machine, { provider: hanging, prompts: ['a'] });
    old.run.start();
    await machine.clock.advance(100);
    const taking = reopenedRun(processOf(machine, 200), { provider: provider(), prompts: ['a'] });
    await expect(settle(machine, taking)).rejects.toThrow('open in another window or process');
    old.run.cancel();
    await settle(machine, old.run.ended());
  });
});

describe('a run whose record has reached the limit of its size', () => {
  const limits = { warnBytes: 2_000, stopBytes: 4_000, bufferBytes: 1e6, blobBytes: 1e6 };

  it('says that it is large, is paused at the limit and can be cancelled', async () => {
    const machine = createMachine();
    const asked = provider();
    const { run } = await newRun(machine, { provider: asked, limits });
    run.start();
    await machine.clock.advance(60_000);
    expect(run.state.notes).toEqual([
      expect.stringMatching(/^What is saved of this run has grown/),
    ]);
    expect(run.state.paused?.message).toContain('has reached the limit of');
    expect(asked.requests.length).toBeLessThan(9);
    run.resume();
    await machine.clock.advance(10_000);
    expect(run.state.paused).toBeDefined();
    run.cancel();
    expect((await settle(machine, run.ended())).state).toBe('cancelled');
    expect(machine.fs.text(journalPath).length).toBeLessThanOrEqual(limits.stopBytes);
  });

  it('fails where nobody is there to see it', async () => {
    const machine = createMachine();
    const options = { provider: provider(), limits, whenBlocked: 'fail' } as const;
    const { run } = await newRun(machine, options);
    run.start();
    const { conversations, counts } = await settle(machine, run.ended());
    expect(counts.failed).toBeGreaterThan(0);
    const messages = conversations.flatMap(({ error }) => error?.message ?? []);
    for (const message of messages) expect(message).toContain('has reached the limit of');
  });

  it('fails there, too, what has not begun', async () => {
    const machine = createMachine();
    const prompts = Array.from({ length: 20 }, (_, index) => `p${index}`);
    const large = { ...limits, stopBytes: 12_000 };
    const asked = new ScriptedProvider(() => ({ text: 'yes' }));
    const options = { provider: asked, prompts, limits: large, concurrency: 1 } as const;
    const { run } = await newRun(machine, { ...options, whenBlocked: 'fail' });
    run.start();
    const { counts } = await settle(machine, run.ended());
    expect(counts.done).toBeGreaterThan(0);
    expect(counts.failed).toBe(20 - counts.done);
    expect(asked.requests).toHaveLength(counts.done);
  });
});

describe('a finished turn', () => {
  it('is with the system before anyone hears of it, and soon on the disk', async () => {
    const machine = createMachine();
    const { run } = await newRun(machine, { provider: provider() });
    let told = 0;
    run.onEvent((event) => {
      if (event.type !== 'turn.finished' && event.type !== 'conversation.finished') return;
      told++;
      expect(machine.fs.text(journalPath)).toContain(`"seq":${event.seq},`);
    });
    run.start();
    await machine.clock.advance(0);
    expect(told).toBeGreaterThan(0);
    const soFar = told;
    await machine.clock.advance(20);
    machine.fs.losePower();
    const kept = (await read(machine)).state!.conversations;
    expect(kept.reduce((sum, { turns }) => sum + turns.length, 0)).toBeGreaterThanOrEqual(soFar);
  });

  it('is on the disk some milliseconds later, though nobody waits for that', async () => {
    const machine = createMachine();
    const asked = new ScriptedProvider((request) =>
      promptOf(request) === 'a' ? { text: 'first' } : (_, signal) => never(signal),
    );
    const { run } = await newRun(machine, { provider: asked });
    run.start();
    await machine.clock.advance(20);
    machine.fs.losePower();
    expect((await read(machine)).state!.conversations[0]).toMatchObject({
      phase: 'done',
      answer: 'first',
    });
  });

  it('is waited for by nobody, as long as no tool follows', async () => {
    const machine = createMachine();
    const asked = new ScriptedProvider((request) => ({ text: promptOf(request) }));
    const { run } = await newRun(machine, { provider: asked, concurrency: 1 });
    run.start();
    // No time passes, so nothing was synced.
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(run.state.counts.done).toBe(3);
    expect(machine.fs.count('sync', journalPath)).toBe(0);
  });

  it('is not followed by what an abandoned run makes of its end', async () => {
    const machine = createMachine();
    const wait = defineTool({
      name: 'sum_numbers',
      description: 'Waits.',
      effect: 'read',
      inputSchema: z.looseObject({}),
      execute: (_, { signal }) => never(signal),
    });
    const { run, recorder } = await newRun(machine, { provider: provider(), tools: [wait] });
    run.start();
    await machine.clock.advance(100);
    run.abandon();
    await machine.clock.advance(100);
    await settle(machine, recorder!.saving.dispose());
    const { messages, state } = await read(machine);
    expect(messages.get(0)?.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(state!.conversations[0]!.phase).toBe('running');
  });
});
