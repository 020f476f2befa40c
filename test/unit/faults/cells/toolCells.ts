import { expect } from 'vitest';
import * as z from 'zod';
import { createArithmeticTools } from '../../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import type { ScriptedCall } from '../../../support/faults/faultProtocol.ts';
import type { SavedPlay } from '../../../support/faults/savedPlay.ts';
import { playSaved } from '../../../support/faults/savedPlay.ts';
import type { Side } from '../../../support/faults/side.ts';
import { type Cell, type FaultId, finalAnswer, type Scene, scenesOf } from './cell.ts';
import { checkLog, checkRow, checkRun, checkTree } from './checks.ts';

/** Invalid tool calls, misbehaving tools, and models that call tools endlessly. */
export function toolCells(side: Side): readonly Cell[] {
  return scenesOf(side).flatMap((scene) => {
    const cell = (fault: FaultId, what: string, play: () => Promise<void>): Cell => ({
      ...{ fault, what, play, side: side.name, place: scene.place },
    });
    return [
      ...wrongCalls.flatMap((wrong) => [
        cell('F16', `${wrong.what}, once`, () => playWrongCall(wrong, scene)),
        cell('F16', `${wrong.what}, for ever`, () => playWrongCalls(wrong, scene)),
      ]),
      ...(['serial', 'parallel'] as const).map((how) =>
        cell('F17', `empty, missing and duplicate ids, ${how}`, () => playIds(how, scene)),
      ),
      ...misfits.map((misfit) => cell('F18', misfit.what, () => playMisfit(misfit, scene))),
      cell('F18', `gives ${outputMB(scene)} MB`, () => playLongOutput(scene)),
      cell('F19', 'the same call endlessly', () => playCircles(['sum_numbers'], 5, scene)),
      cell('F19', 'two alternating calls endlessly', () =>
        playCircles(['sum_numbers', 'multiply_numbers'], 10, scene),
      ),
    ];
  });
}

interface WrongCall {
  readonly what: string;
  readonly name: string;
  input(number: number): unknown;
  readonly result: RegExp;
}

const wrongCalls: readonly WrongCall[] = [
  {
    what: 'unreadable arguments',
    name: 'sum_numbers',
    input: (number) => `{"numbers":[${number},`,
    result: /could not be read/,
  },
  {
    what: 'arguments that do not fit the schema',
    name: 'sum_numbers',
    input: (number) => ({ numbers: `two and ${number}` }),
    result: /does not fit the tool \W*sum_numbers/,
  },
  {
    what: 'an unknown tool',
    name: 'delete_everything',
    input: (number) => ({ number }),
    result: /There is no tool \W*delete_everything/,
  },
];

/** The conversation with one more turn at the place, which makes these calls. */
function withCalls({ side, healthy, rest }: Scene, calls: readonly ScriptedCall[]) {
  return [...healthy, side.turn({ calls }), ...rest];
}

async function playWrongCall({ name, input, result }: WrongCall, scene: Scene): Promise<void> {
  const call = { id: 'wrong', name, input: input(1) };
  const play = await playSaved(scene.side, withCalls(scene, [call]));
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', answer: finalAnswer, turns: 4 });
  const wrong = play.conversation.toolCalls.filter(({ isError }) => isError);
  expect(wrong.map(({ output }) => output)).toEqual([expect.stringMatching(result)]);
  expect(play.requests).toHaveLength(4);
  expect(play.requests[scene.before + 1]!.body).toMatch(result);
  checkLog(play, new RegExp(`← ${name} .* not run: `));
}

async function playWrongCalls({ name, input }: WrongCall, scene: Scene): Promise<void> {
  const { side, before, healthy } = scene;
  const turns = [1, 2, 3, 4, 5].map((number) =>
    side.turn({ calls: [{ id: `wrong_${number}`, name, input: input(number) }] }),
  );
  const play = await playSaved(side, [...healthy, ...turns]);
  checkRun(play);
  expect(play.requests).toHaveLength(before + 4);
  checkLoop(play);
}

/** It was stopped, every view says so, and what it had is kept. */
function checkLoop(play: SavedPlay): void {
  expect(play.conversation).toMatchObject({ status: 'stopped', reason: 'loop' });
  checkLog(play, / ⚠ stopped after \d.*: going in circles/);
  checkTree(play, /^going in circles/);
  checkRow(play, /^going in circles/);
}

async function playIds(toolExecution: 'serial' | 'parallel', scene: Scene): Promise<void> {
  // `call_a` is the id of the first turn's own call.
  const ids = ['call_a', 'call_a', '', undefined, 'call_1', 'new'];
  const calls = ids.map((id, index) => ({ id, name: 'sum_numbers', input: { numbers: [index] } }));
  const play = await playSaved(scene.side, withCalls(scene, calls), { toolExecution });
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', answer: finalAnswer });
  const asked = play.kept.messages.get(0)![1 + 2 * scene.before]!;
  const results = play.kept.messages.get(0)![2 + 2 * scene.before]!;
  if (asked.role !== 'assistant' || results.role !== 'tool') throw new Error('other messages');
  const given = asked.toolCalls.map(({ callId }) => callId);
  expect(new Set(given).size).toBe(ids.length);
  expect(results.outcomes.map(({ callId }) => callId)).toEqual(given);
  expect(results.outcomes.map(({ content }) => content)).toEqual(ids.map((_, index) => `${index}`));
  expect(play.requests).toHaveLength(4);
}

interface Misfit {
  readonly what: string;
  execute(): unknown;
  readonly timeoutMs?: number;
  readonly isError: boolean;
  readonly output: RegExp;
}

const circular: Record<string, unknown> = {};
circular.self = circular;

const misfits: readonly Misfit[] = [
  {
    ...{ what: 'never ends', timeoutMs: 5, isError: true, output: /did not end within/ },
    execute: () => new Promise(() => undefined),
  },
  {
    ...{ what: 'throws', isError: true, output: /failed: No such thing/ },
    execute: () => {
      throw new Error('No such thing.');
    },
  },
  {
    ...{ what: 'rejects', isError: true, output: /failed: No such thing/ },
    execute: () => Promise.reject(new Error('No such thing.')),
  },
  {
    ...{ what: 'rejects with no error', isError: true, output: /failed: null/ },
    execute: () => Promise.reject(null),
  },
  { what: 'gives a circle', isError: true, output: /failed/, execute: () => circular },
  { what: 'gives nothing', isError: true, output: /without a result/, execute: () => undefined },
  {
    ...{ what: 'gives bytes', isError: false, output: /^.\ufffd/s },
    execute: () => '\u0000\ud800\u0007'.repeat(1_000),
  },
];

function tool(execute: () => unknown, timeoutMs = 30_000): Tool {
  return defineTool({
    ...{ name: 't', description: 'A tool.', effect: 'pure', timeoutMs },
    inputSchema: z.looseObject({}),
    // A tool's return type is not to be trusted.
    execute: execute as () => string,
  });
}

async function playWithTool(own: Tool, scene: Scene): Promise<SavedPlay> {
  const calls = ['t_1', 't_2'].map((id) => ({ id, name: 't', input: {} }));
  const tools = [...createArithmeticTools(), own];
  const play = await playSaved(scene.side, withCalls(scene, calls), { tools });
  checkRun(play);
  expect(play.conversation).toMatchObject({ status: 'done', answer: finalAnswer, turns: 4 });
  expect(play.requests).toHaveLength(4);
  return play;
}

async function playMisfit(misfit: Misfit, scene: Scene): Promise<void> {
  const { execute, timeoutMs, isError, output } = misfit;
  const play = await playWithTool(tool(execute, timeoutMs), scene);
  const calls = play.conversation.toolCalls.filter(({ name }) => name === 't');
  expect(calls.map((call) => call.isError)).toEqual([isError, isError]);
  expect(calls[0]!.output).toMatch(output);
  checkLog(play, isError ? /← t error .*/ : /← t ok /);
}

/** Size of the tool's output in MB; the largest only once, since hashing and saving it is slow. */
function outputMB({ side, before }: Scene): number {
  return side.name === 'anthropic' && before === 0 ? 50 : 1;
}

async function playLongOutput(scene: Scene): Promise<void> {
  const play = await playWithTool(
    tool(() => 'x'.repeat(outputMB(scene) * 1_000_000)),
    scene,
  );
  const [call] = play.conversation.toolCalls.filter(({ name }) => name === 't');
  expect(call!.output.length).toBeLessThanOrEqual(48_000);
  expect(call!.output).toMatch(/^x+\n\[… [\d,]+ characters left out …\]\nx+$/);
  for (const { body } of play.requests) expect(body.length).toBeLessThan(200_000);
  checkLog(play, new RegExp(`← t ok .*, clipped ${outputMB(scene)}\\.0 MB → 48\\.0 kB`));
}

async function playCircles(
  names: readonly string[],
  turns: number,
  { side, before, healthy }: Scene,
): Promise<void> {
  const asked = Array.from({ length: turns + 1 }, (_, index) => {
    const name = names[index % names.length]!;
    return side.turn({ calls: [{ id: `again_${index}`, name, input: { numbers: [1, 2] } }] });
  });
  const play = await playSaved(side, [...healthy, ...asked]);
  checkRun(play);
  expect(play.requests).toHaveLength(before + turns);
  checkLoop(play);
}
