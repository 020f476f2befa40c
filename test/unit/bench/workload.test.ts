import { describe, expect, it } from 'vitest';
import { shuffled } from '../../../bench/workload/hash.ts';
import { workToolSchemas } from '../../../bench/workload/toolSchemas.ts';
import {
  answerDeltas,
  answerPieces,
  callsOf,
  conversationOf,
  expectedAnswer,
  promptOf,
  promptShared,
} from '../../../bench/workload/workload.ts';
import { createArithmeticTools } from '../../../src/core/tools/arithmetic/arithmeticTools.ts';
import { toolSchemas } from '../../../src/core/tools/toolSchemas.ts';

describe('the workload', () => {
  it('describes the tools exactly as the project does', () => {
    const names: readonly string[] = workToolSchemas.map(({ name }) => name);
    const own = toolSchemas(createArithmeticTools().filter(({ name }) => names.includes(name)));
    expect(JSON.stringify(workToolSchemas)).toBe(JSON.stringify(own));
  });

  it('recognises the conversation of a prompt, and rejects other texts', () => {
    expect(conversationOf(promptOf(1234))).toBe(1234);
    expect(conversationOf(`${promptOf(1)} and more`)).toBeUndefined();
  });

  it('gives every conversation and every seed its own answer', () => {
    const answers = [1, 2].flatMap((seed) => [0, 1, 2].map((index) => expectedAnswer(seed, index)));
    expect(new Set(answers).size).toBe(answers.length);
  });

  it('answers in twenty pieces that depend on every result', () => {
    const results = ['1', '2', '3', '4', '5', '6'];
    const right = answerPieces(0, results);
    expect(right).toHaveLength(answerDeltas);
    for (const place of results.keys()) {
      expect(answerPieces(0, results.with(place, '7'))).not.toEqual(right);
    }
  });

  it('calls with other numbers after another result', () => {
    expect(callsOf(1, 0, ['1', '2'])).not.toEqual(callsOf(1, 0, ['1', '3']));
  });

  it('fills the shared prompt exactly to the token, including tools', () => {
    const tools = workToolSchemas.map(({ name, description, inputSchema }) =>
      JSON.stringify([name, description, inputSchema]),
    );
    expect((tools.join('').length + promptShared(5000).length) / 4).toBe(5000);
  });

  it('shuffles all numbers differently for every seed', () => {
    const order = shuffled(200, 1);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(order).not.toEqual(shuffled(200, 2));
  });
});
