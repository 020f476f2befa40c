import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '../../../../src/core/tools/defineTool.ts';
import type { Tool } from '../../../../src/core/tools/tool.ts';
import { MemoryFs } from '../../../support/journal/memoryFs.ts';
import { ScriptedProvider } from '../../../support/scriptedProvider.ts';
import { journalOn, killedAt } from '../../../support/teamJournal.ts';
import { agentOf, planOf, teamRequest } from '../../../support/teams.ts';

/** Changes something, and notes with what. */
function changing(made: number[]): Tool {
  return defineTool({
    ...{ name: 'change', effect: 'execute', description: 'Changes something.' },
    inputSchema: z.strictObject({ number: z.int() }),
    execute: async ({ number }) => {
      made.push(number);
      return `changed ${number}`;
    },
  });
}

/** A model that gives every call the same id, turn after turn. */
const forgetful = () =>
  new ScriptedProvider((_, turn) =>
    turn <= 3
      ? { text: `Turn ${turn}.`, calls: [{ callId: 'c', name: 'change', input: { number: turn } }] }
      : { text: 'Done.' },
  );

async function planWith(made: number[]) {
  const agents = [agentOf('a', { options: { tools: ['change'] } })];
  const plan = await planOf(teamRequest(agents), forgetful(), { tools: [changing(made)] });
  // Nothing decides about the calls: they run.
  const { rules: _, ...rest } = plan;
  return rest;
}

describe('a call id that a model uses again in a later turn', () => {
  it('names another call: wherever the run is interrupted, each is made once', async () => {
    const disk = new MemoryFs();
    const made: number[] = [];
    const whole = await killedAt(disk, await planWith(made));
    expect(whole.result.conversations[0]).toMatchObject({ status: 'done', turns: 4 });
    expect(made).toEqual([1, 2, 3]);
    const [journal = ''] = [...disk.files.keys()].filter((file) => file.endsWith('journal.jsonl'));
    const records = disk.text(journal).split('\n').filter(Boolean);
    const begun = records.map((line) => line.includes('"k":"intent"'));
    expect(begun.filter(Boolean)).toHaveLength(3);
    const first = records.findIndex((line) => line.includes('"k":"message"')) + 1;
    expect(first).toBeGreaterThan(0);
    for (let lines = first; lines < whole.lines; lines++) {
      const again: number[] = [];
      const { result, keptTurns } = await journalOn(disk, lines).resume(await planWith(again));
      const before = begun.slice(0, lines).filter(Boolean).length;
      const missing = [1, 2, 3].slice(before);
      expect(again, `after ${lines} records`).toEqual(missing);
      const [conversation] = result.conversations;
      expect(conversation).toMatchObject({ status: 'done', answer: 'Done.' });
      const outputs = conversation!.toolCalls.map(({ turn, output }) => [turn, output]);
      // A call that had begun is not made again, and the model is told.
      for (const [turn, output] of outputs) {
        const isKnown = output === `changed ${turn}`;
        if (!isKnown) expect(output).toContain('It was not made again.');
        if (turn === keptTurns + 1 || missing.includes(turn as number)) expect(isKnown).toBe(true);
      }
      expect(outputs.map(([turn]) => turn)).toEqual([1, 2, 3]);
    }
  });
});
