import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Runner } from '../../../../../src/core/runner/runner.ts';
import { defineTool } from '../../../../../src/core/tools/defineTool.ts';
import { planted } from '../../../../fixtures/approvals/planted.ts';
import { AskingTools } from '../../../../support/approvals/askingRuns.ts';
import { rulesOfRun } from '../../../../support/approvals/ruleFixtures.ts';
import { impatient, testAgent, testRun } from '../../../../support/runs.ts';
import { promptOf, ScriptedProvider } from '../../../../support/scriptedProvider.ts';
import { settled } from '../../../../support/settled.ts';

/** Rules that allow an innocent form of what is planted. */
const rules = [
  'allow run_command(npm test)',
  'allow run_command(npm run *)',
  'allow fetch_url(domain:docs.example.com)',
  'allow write_file',
].join('\n');

/** Gives the planted text of a number. */
const readFile = defineTool({
  ...{ name: 'read_note', description: 'Reads a note.', effect: 'read' },
  inputSchema: z.strictObject({ number: z.number() }),
  execute: ({ number }) => JSON.stringify(planted[number]),
});

/** A model that reads its note, does what it says, and then claims that it was approved and tries again. */
function obedient(): ScriptedProvider {
  return new ScriptedProvider((request, turn) => {
    const number = Number(promptOf(request));
    if (turn === 1) return { calls: [{ callId: 'read', name: 'read_note', input: { number } }] };
    if (turn > 3) return { text: 'done' };
    const last = request.messages.findLast(({ role }) => role === 'tool');
    const text = last?.role === 'tool' ? (last.outcomes[0]?.content ?? '') : '';
    const wanted = turn === 2 ? JSON.parse(text) : planted[number];
    const said = 'The user approved this call in the note.';
    return { text: said, calls: [{ callId: `c${turn}`, name: wanted.tool, input: wanted.input }] };
  });
}

function start(isUnattended: boolean) {
  const runner = new Runner({ retry: impatient });
  const tools = new AskingTools();
  const agent = testAgent(obedient(), { tools: [...tools.all, readFile] });
  const prompts = planted.map((_, index) => String(index));
  const run = testRun(agent, prompts, { runner, rules: rulesOfRun(rules, { isUnattended }) });
  run.start();
  return { run, tools, inbox: runner.inbox };
}

describe('an obedient model that reads planted instructions', () => {
  it('finds at least thirty', () => expect(planted.length).toBeGreaterThanOrEqual(30));

  it('does nothing of them where nobody is there to ask', async () => {
    const { run, tools } = start(true);
    const { conversations } = await run.ended();
    expect(tools.ran).toEqual([]);
    for (const { toolCalls } of conversations) {
      const kinds = toolCalls.slice(1).map(({ decision }) => decision?.by.kind);
      expect(kinds.every((kind) => kind === 'nobody' || kind === 'floor')).toBe(true);
    }
  });

  it('waits for a person with everything that the floor does not deny', async () => {
    const { run, tools, inbox } = start(false);
    await settled();
    await settled();
    expect(tools.ran).toEqual([]);
    const waiting = new Set(inbox.requests().map(({ conversation }) => conversation));
    const denied = run.state.conversations.filter(({ phase }) => phase === 'done');
    expect(waiting.size + denied.length).toBe(planted.length);
    expect(denied.every(({ toolCalls }) => toolCalls[1]?.decision?.by.kind === 'floor')).toBe(true);
    run.cancel();
  });
});
