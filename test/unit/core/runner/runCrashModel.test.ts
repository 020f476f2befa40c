import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { FileSystem } from '../../../../src/core/base/fileSystem.ts';
import type { JournalRecorder } from '../../../../src/core/journal/write/journalRecorder.ts';
import type { ModelRequest } from '../../../../src/core/providers/provider.ts';
import type { Run } from '../../../../src/core/runner/run.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import type { RunEvent } from '../../../../src/shared/conversationEvents.ts';
import { isConversationEvent } from '../../../../src/shared/conversationEvents.ts';
import type { Usage } from '../../../../src/shared/usage.ts';
import { addUsage, noUsage } from '../../../../src/shared/usage.ts';
import { newRun, reopenedRun } from '../../../support/journal/archivedRuns.ts';
import type { TestMachine } from '../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  journalPath,
  processOf,
  read,
  settle,
} from '../../../support/journal/testEnvironment.ts';
import { promptOf } from '../../../support/scriptedProvider.ts';
import { ControlledProvider } from './controlledProvider.ts';

const prompts = Array.from({ length: 5 }, (_, index) => `p${index}`);

/** One process at the run, until it is killed. */
interface Process {
  readonly pid: number;
  readonly fs: MortalFs;
  readonly provider: ControlledProvider;
  readonly run: Run;
  readonly recorder: JournalRecorder;
  /** Ends the tool calls that are running, in any order. */
  readonly tools: ((outcome: string | Error) => void)[];
  /** What the run had cost when it was taken up. */
  readonly before: Usage;
}

/** A machine, the process that is at the run, and what must never be forgotten. */
interface Real {
  readonly machine: TestMachine;
  readonly concurrency: number;
  readonly parallel: boolean;
  process: Process;
  diskIsFull: boolean;
  /** The complete turns of each conversation's execution under way that must not be asked for again. */
  readonly turns: Map<number, number>;
  /** Everything that anyone was told, with the process that told it. */
  readonly told: { readonly pid: number; readonly event: RunEvent }[];
  /** Ids of calls that were made and that change something. */
  readonly sent: string[];
  readonly problems: string[];
  readonly seen: { crashes: number; uncertain: number; resumed: number; unsaved: number };
}

interface MortalFs {
  readonly fs: FileSystem;
  isDead: boolean;
}

/** The file system as one process has it: once that is dead, nothing of it happens any more. */
function mortalFs(machine: TestMachine): MortalFs {
  const mortal: { fs: FileSystem; isDead: boolean } = { fs: machine.fs, isDead: false };
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (name === 'writeNow') {
            if (mortal.isDead) throw new Error('dead');
            return Reflect.apply(member, target, args);
          }
          if (mortal.isDead) return new Promise(() => undefined);
          const result: unknown = Reflect.apply(member, target, args);
          return name === 'open' ? (result as Promise<object>).then(guarded) : result;
        };
      },
    });
  mortal.fs = guarded<FileSystem>(machine.fs);
  return mortal;
}

function toolsOf(real: Pick<Real, 'sent'>, running: Process['tools']): readonly Tool[] {
  const execute = () =>
    new Promise<string>((resolve, reject) => {
      running.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    });
  const inputSchema = z.object({ number: z.number() });
  const described = { description: 'Waits.', inputSchema };
  return [
    defineTool({ name: 'wait', effect: 'pure', ...described, execute }),
    defineTool({
      name: 'send',
      effect: 'write',
      ...described,
      execute: (_, { callId }) => {
        real.sent.push(callId);
        return execute();
      },
    }),
  ];
}

/** A request for a turn whose answer is there is one too many. */
function requestProblem(real: Real, { messages, ...request }: ModelRequest): void {
  const index = prompts.indexOf(promptOf({ ...request, messages }));
  const has = messages.filter(({ role }) => role === 'assistant').length;
  const known = real.turns.get(index) ?? 0;
  if (has < known) real.problems.push(`turn ${has + 1} of ${index} is asked for again`);
}

/** Starts the run, or takes it up where another process has left it. */
async function startProcess(real: Real, pid: number, calls: number): Promise<Process> {
  const fs = mortalFs(real.machine);
  const machine = processOf(real.machine, pid);
  const own = new Proxy(machine, {
    get: (target, name) => (name === 'fs' ? fs.fs : Reflect.get(target, name)),
  });
  const provider = new ControlledProvider(calls, (request) => requestProblem(real, request));
  const running: Process['tools'] = [];
  const options = {
    provider,
    prompts,
    tools: toolsOf(real, running),
    toolExecution: real.parallel ? 'parallel' : 'serial',
    concurrency: real.concurrency,
  } as const;
  const isNew = real.machine.fs.files.size === 0;
  const { run, recorder } = isNew ? await newRun(own, options) : await reopenedRun(own, options);
  run.onEvent((event) => {
    if (!fs.isDead) real.told.push({ pid, event });
    if (!fs.isDead) countTurns(real, event);
  });
  const before = run.state.usage;
  const process = { pid, fs, provider, run, recorder: recorder!, tools: running, before };
  if (isNew) run.start();
  else run.resumeInterrupted();
  return process;
}

function countTurns({ turns }: Real, event: RunEvent): void {
  if (event.type === 'conversation.requeued') turns.delete(event.conversation);
  if (event.type === 'turn.finished') turns.set(event.conversation, event.turn);
}

/** Time goes by in small steps, because work on the disk takes many turns of the event loop. */
async function pass({ machine }: Real, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5) {
    await machine.clock.advance(5);
    for (let round = 0; round < 60; round++) await Promise.resolve();
  }
}

function fillDisk(real: Real): void {
  real.diskIsFull = true;
  real.machine.fs.fault = (operation, path) =>
    path === journalPath && operation === 'write' ? 'ENOSPC' : undefined;
}

function mendDisk(real: Real): void {
  real.diskIsFull = false;
  real.machine.fs.fault = () => undefined;
}

type Crash = 'kill' | 'power' | 'torn';

/** Ends the process at once; `power` takes what was not synced with it, `torn` leaves a part of that. */
async function crash(real: Real, how: Crash, part: number): Promise<void> {
  const { machine, process } = real;
  const cost = process.run.state.usage;
  const isSaving = !real.diskIsFull && process.recorder.saving.failure === undefined;
  process.fs.isDead = true;
  machine.alive.delete(process.pid);
  mendDisk(real);
  if (how !== 'kill') {
    machine.fs.losePower((unsynced) => (how === 'torn' ? Math.floor(unsynced * part) : 0));
    forgetUnsaved(real);
  } else if (isSaving) {
    // Whatever anyone was told is there, though nothing was waited for.
    const { state } = await read(machine);
    expect(state!.usage).toEqual(cost);
  } else {
    real.seen.unsaved++;
    forgetUnsaved(real);
  }
  real.seen.crashes++;
  const pid = process.pid + 1;
  real.process = await startProcess(real, pid, process.provider.calls);
}

/** What no disk had got is not acknowledged. */
function forgetUnsaved({ machine, turns, told, process }: Real): void {
  const kept = machine.fs.text(journalPath);
  turns.clear();
  const gone = told.findIndex(
    ({ pid, event }) => pid === process.pid && 'seq' in event && !isKept(kept, event),
  );
  if (gone >= 0) told.splice(gone);
  for (const { event } of told) {
    if (event.type === 'conversation.requeued') turns.delete(event.conversation);
    if (event.type === 'turn.finished') turns.set(event.conversation, event.turn);
  }
}

function isKept(text: string, event: RunEvent): boolean {
  if (event.type === 'turn.delta' || event.type === 'turn.thinking' || !('seq' in event))
    return true;
  const at = text.indexOf(`"seq":${event.seq},`);
  return at >= 0 && text.indexOf('\n', at) >= 0;
}

type Step = fc.AsyncCommand<object, Real>;

/** A command that does something and then looks whether everything still holds. */
function step(name: string, act: (real: Real) => unknown): Step {
  return {
    check: () => true,
    run: async (_, real) => {
      await act(real);
      await pass(real, 15);
      checkAlways(real);
    },
    toString: () => name,
  };
}

const anyOpen = fc.nat(15);

const work = [
  fc
    .tuple(anyOpen, fc.constantFrom(0, 0, 1, 3), fc.constantFrom('wait', 'send'))
    .map(([which, calls, tool]) =>
      step(`answer ${which} ${calls} ${tool}`, ({ process: { provider } }) => {
        if (provider.open.length > 0) provider.answer(which, 'text', calls, tool);
      }),
    ),
  fc.tuple(anyOpen, fc.boolean()).map(([which, fails]) =>
    step(`end tool ${which} ${fails}`, ({ process: { tools } }) => {
      const [end] = tools.splice(which % Math.max(1, tools.length), 1);
      end?.(fails ? new Error('no') : 'yes');
    }),
  ),
];

const interventions = [
  fc
    .tuple(
      fc.constantFrom<Crash>('kill', 'power', 'torn'),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([how, part]) => step(`crash ${how} ${part}`, (real) => crash(real, how, part))),
  fc.tuple(anyOpen, fc.constantFrom(0, 2), fc.nat(60)).map(([which, calls, rounds]) =>
    step(`crash right after answer ${which} ${calls} ${rounds}`, async (real) => {
      const { provider } = real.process;
      if (provider.open.length > 0) provider.answer(which, 'text', calls, 'send');
      for (let round = 0; round < rounds; round++) await Promise.resolve();
      await crash(real, 'kill', 0);
    }),
  ),
  fc.nat(4).map((i) => step(`cancel ${i}`, ({ process }) => process.run.cancelConversation(i))),
  fc.nat(4).map((i) => step(`rerun ${i}`, ({ process }) => process.run.rerun([i]))),
  fc.constant(step('disk full', fillDisk)),
  fc.constant(
    step('mend disk', async (real) => {
      mendDisk(real);
      await pass(real, 6_000);
    }),
  ),
];

const commands = [...work, ...work, ...work, ...interventions];

/** What holds after every single step. */
function checkAlways(real: Real): void {
  const { process, problems, sent, concurrency } = real;
  const { provider, run, before } = process;
  expect(provider.mostOpen).toBeLessThanOrEqual(concurrency);
  expect(provider.problems).toEqual([]);
  expect(problems).toEqual([]);
  expect(run.state.usage).toEqual(addUsage(before, provider.cost));
  expect(new Set(sent).size).toBe(sent.length);
}

/** Executions that ended twice, or that went on after their end. */
function endsPerExecution(events: readonly RunEvent[]): readonly string[] {
  const ended = new Set<number>();
  const problems: string[] = [];
  for (const event of events.filter(isConversationEvent)) {
    const { conversation, type } = event;
    if (type === 'conversation.requeued') ended.delete(conversation);
    else if (ended.has(conversation)) problems.push(`${conversation} after its end: ${type}`);
    if (type === 'conversation.finished') ended.add(conversation);
  }
  return problems;
}

/** Lets everything that is still under way come to its end. */
async function finish(real: Real): Promise<void> {
  mendDisk(real);
  const { run, provider, tools } = real.process;
  for (let round = 0; round < 300 && run.state.state === 'running'; round++) {
    for (const end of tools.splice(0)) end('yes');
    if (provider.open.length > 0) provider.answer(round, 'text', 0);
    await pass(real, run.state.paused === undefined ? 15 : 5_000);
  }
}

describe('a run whose process dies again and again', () => {
  it('loses no turn, repeats no side effect, and ends each conversation once', async () => {
    const seen = { crashes: 0, uncertain: 0, resumed: 0, unsaved: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: 40, size: '+1' }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (steps, concurrency, parallel) => {
          const real = { machine: createMachine(1), concurrency, parallel, seen } as Real;
          Object.assign(real, { turns: new Map(), told: [], sent: [], problems: [] });
          real.process = await startProcess(real, 1, 0);
          await pass(real, 30);
          await fc.asyncModelRun(() => ({ model: {}, real }), steps);
          await finish(real);
          checkAlways(real);
          const { run, recorder } = real.process;
          expect(['finished', 'cancelled']).toContain(run.state.state);
          await settle(real.machine, run.ended());
          await settle(real.machine, recorder.saving.dispose());
          const kept = await read(real.machine);
          const events = kept.records.flatMap(({ record }) =>
            'event' in record ? [record.event] : [],
          );
          expect(kept.incomplete).toEqual(new Set());
          expect(kept.state!.counts).toEqual(run.state.counts);
          expect(endsPerExecution(events)).toEqual([]);
          const paid = events.map((event) => ('usage' in event && event.usage) || noUsage);
          expect(run.state.usage).toEqual(paid.reduce(addUsage, noUsage));
          const texts = JSON.stringify([...kept.messages]);
          seen.uncertain += texts.split('The outcome of this call is unknown').length - 1;
          seen.resumed += events.filter(({ type }) => type === 'conversation.resumed').length;
        },
      ),
      { numRuns: 60 },
    );
    // The commands get everywhere: otherwise the above would prove little.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  }, 60_000);
});
