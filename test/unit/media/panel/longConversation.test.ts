// @vitest-environment jsdom
import { beforeAll, expect, it } from 'vitest';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import type { RunState } from '../../../../src/shared/runState.ts';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';
import { openPanel, setUpPanels, type TestPanel } from './openPanel.ts';

let run: RunState;
setUpPanels();
beforeAll(() => {
  run = longConversation(5_000).state();
});

let panel: TestPanel;

/** A conversation with this many turns, each with a tool call. */
function longConversation(turns: number): RunScript {
  const steps: ConversationStep[] = [{ type: 'conversation.started' }];
  for (let turn = 1; turn <= turns; turn++) {
    const call = { callId: `c${turn}`, name: 'sum_numbers', input: { numbers: [turn] } };
    steps.push(
      { type: 'turn.started', turn, attempt: 1 },
      { type: 'turn.finished', turn, text: 'So.', toolCalls: [call], usage: tokens(1, 1) },
      { type: 'tool.started', turn, ...call },
      { type: 'tool.finished', turn, ...call, output: '1', isError: false },
    );
  }
  return new RunScript({ prompts: [{ name: 'Long' }] }).steps(0, ...steps);
}

it.each(['Transcript', 'Tools', 'Answer', 'Usage'])(
  'F28: of 10,000 messages, only what the user requests is drawn (%s)',
  async (tab) => {
    panel = openPanel();
    await panel.send({ type: 'snapshot', run });
    await panel.click(panel.row(0));
    const tabs = [...panel.element.querySelectorAll('[role="tab"]')];
    await panel.click(tabs.find((one) => one.textContent?.trim().startsWith(tab)));
    expect(panel.element.querySelector('interleave-details')).not.toBeNull();
    expect(panel.element.querySelectorAll('*').length).toBeLessThan(6_000);
  },
);
