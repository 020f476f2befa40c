import { expect, it } from 'vitest';
import type { Inbox } from '../../../../../src/core/approvals/inbox/inbox.ts';
import {
  AskingTools,
  command,
  commandsOf,
  fetchUrl,
  idsOf,
} from '../../../../support/approvals/askingRuns.ts';
import { rulesOfRun } from '../../../../support/approvals/ruleFixtures.ts';
import { newRun, reopenedRun } from '../../../../support/journal/archivedRuns.ts';
import type { TestMachine } from '../../../../support/journal/testEnvironment.ts';
import {
  createMachine,
  processOf,
  read,
  settle,
} from '../../../../support/journal/testEnvironment.ts';
import { promptOf, ScriptedProvider } from '../../../../support/scriptedProvider.ts';

const prompts = ['a', 'b', 'c'];

/** Each conversation asks for three calls, and then answers. */
function scripted(): ScriptedProvider {
  return new ScriptedProvider((request, turn) => {
    const prompt = promptOf(request);
    if (turn > 1) return { text: `end of ${prompt}` };
    const page = fetchUrl('https://docs.example.com/', `f${prompt}`);
    return { calls: [command('npm test', `t${prompt}`), page, command('rm x', `r${prompt}`)] };
  });
}

async function until(machine: TestMachine, isSo: () => boolean): Promise<void> {
  for (let steps = 0; !isSo() && steps < 2_000; steps++) {
    for (let round = 0; !isSo() && round < 100; round++) await Promise.resolve();
    await machine.clock.advance(5);
  }
  if (!isSo()) throw new Error('It never came to that.');
}

const named = (inbox: Inbox, start: string) =>
  idsOf(
    inbox,
    prompts.map((prompt) => `${start}${prompt}`),
  );

it('requests are there again after the process was killed, and nothing that was allowed is', async () => {
  const machine = createMachine();
  const tools = new AskingTools();
  const options = { prompts, tools: tools.all, rules: rulesOfRun() };
  const killed = await newRun(machine, { ...options, provider: scripted() });
  killed.run.start();
  await until(machine, () => killed.inbox.size === 9);
  const before = idsOf(killed.inbox);
  const [first = ''] = named(killed.inbox, 't');
  await killed.inbox.decide({ kind: 'rule', request: first, form: 'exact', scope: 'always' });
  await until(machine, () => tools.ran.length === 3);
  await until(machine, () => killed.run.state.counts.waiting === 3);
  await settle(machine, killed.recorder?.commit() ?? Promise.resolve());
  killed.run.abandon();
  machine.alive.delete(100);

  const other = processOf(machine, 200);
  const provider = scripted();
  const resumed = await reopenedRun(other, { ...options, provider });
  resumed.run.resumeInterrupted();
  await until(other, () => resumed.inbox.size === 6);
  // What had run is not asked about; what had not is, though a rule allowed the like of it before.
  expect(new Set(commandsOf(resumed.inbox.requests()))).toEqual(new Set([undefined, 'rm x']));
  const late = await resumed.inbox.decide({ kind: 'allow', requests: before });
  expect(late.settled).toEqual([]);
  expect(new Set(late.refused.map(({ why }) => why))).toEqual(new Set(['late']));
  await resumed.inbox.decide({ kind: 'deny', requests: named(resumed.inbox, 'r') });
  await resumed.inbox.decide({ kind: 'allow', requests: named(resumed.inbox, 'f') });
  const { counts, conversations } = await settle(other, resumed.run.ended());
  expect(counts.done).toBe(3);
  expect(tools.ran).toHaveLength(6);
  // The turn that asked is not asked for again.
  expect(provider.requests).toHaveLength(3);
  expect(conversations[0]?.toolCalls.map(({ decision }) => decision?.by.kind)).toEqual([
    ...['rule', 'person', 'person'],
  ]);
  await settle(other, resumed.recorder?.saving.dispose() ?? Promise.resolve());
  const { state, damaged } = await read(other);
  expect([damaged, state?.counts.done]).toEqual([0, 3]);
});
