import { expect, it } from 'vitest';
import { Inbox } from '../../../../../src/core/approvals/inbox/inbox.ts';
import { approvalGate } from '../../../../../src/core/runner/approvalGate.ts';
import type { Tool } from '../../../../../src/core/tools/tool.ts';
import { idsOf } from '../../../../support/approvals/askingRuns.ts';
import { rulesOfRun } from '../../../../support/approvals/ruleFixtures.ts';

/** A tool that gets its arguments as the model's very object. */
const tool: Tool = {
  ...{ name: 'run_command', description: 'Runs.', effect: 'execute' },
  inputSchema: { type: 'object' },
  check: (value) => ({ ok: true, value }),
  execute: () => 'ran',
};

it('what was shown is what runs, whoever changes the arguments meanwhile', async () => {
  const inbox = new Inbox();
  const gate = approvalGate(
    {
      ...{ rules: rulesOfRun(), runId: 'r', conversation: 0, inbox },
      caller: { agent: 'test', path: ['test'], within: [] },
      ...{ hideKeys: (input) => input, onDecided: () => undefined },
    },
    1,
  );
  const input = { command: 'npm test', more: { deep: 1 } };
  const checked = { call: { callId: 'c', name: 'run_command', input }, tool, input };
  const asking = { signal: new AbortController().signal, waiting: () => undefined };
  const decided = gate(checked, asking);
  input.command = 'rm -rf .';
  input.more.deep = 2;
  const [shown] = inbox.requests();
  Object.assign(shown?.input as object, { command: 'rm -rf /' });
  await inbox.decide({ kind: 'allow', requests: idsOf(inbox) });
  expect(await decided).toMatchObject({
    ...{ kind: 'allow', input: { command: 'npm test', more: { deep: 1 } } },
  });
});
