// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { ConversationStep } from '../../../../src/shared/conversationEvents.ts';
import { RunScript, tokens } from '../../../support/panel/runScript.ts';
import { openPanel, setUpPanels, type TestPanel } from './openPanel.ts';

setUpPanels();

let panel: TestPanel;

const lead = { agent: 'lead', provider: 'anthropic', model: 'claude-opus-5-5' };
const worker = { agent: 'worker', provider: 'openai', model: 'gpt-6-luna' };
const ask = { callId: 'a', name: 'ask_worker', input: { task: 'Add them.' } };
const sum = { callId: 's', name: 'sum_numbers', input: { numbers: [1, 2] } };

const within = ['1 a'];
const nested: readonly ConversationStep[] = [
  { type: 'agent.asked', turn: 1, callId: 'a', by: worker, prompt: 'Add them.' },
  { within, type: 'conversation.started' },
  { within, type: 'turn.started', turn: 1, attempt: 1 },
  {
    ...{ within, type: 'turn.finished', turn: 1, text: 'I add.', toolCalls: [sum] },
    ...{ usage: tokens(1, 1), by: worker },
  },
  { within, type: 'tool.started', turn: 1, ...sum },
  {
    within,
    type: 'tool.finished',
    turn: 1,
    callId: 's',
    name: 'sum_numbers',
    output: '3',
    isError: false,
  },
];

const steps: readonly ConversationStep[] = [
  { type: 'conversation.started' },
  { type: 'turn.started', turn: 1, attempt: 1 },
  {
    ...{ type: 'turn.finished', turn: 1, text: 'I ask.', toolCalls: [ask], by: lead },
    usage: tokens(1, 1),
  },
  { type: 'tool.started', turn: 1, ...ask },
  ...nested,
];

async function tabOf(name: string): Promise<string> {
  panel = openPanel();
  const run = new RunScript({ prompts: [{ name: 'One' }] }).steps(0, ...steps).state();
  await panel.send({ type: 'snapshot', run });
  await panel.click(panel.row(0));
  const tabs = [...panel.element.querySelectorAll('[role="tab"]')];
  await panel.click(tabs.find((one) => one.textContent?.trim().startsWith(name)));
  const text = panel.element.querySelector('interleave-details')?.textContent ?? '';
  return text.replace(/\s+/g, ' ');
}

describe('a nested conversation', () => {
  it('stands in the transcript below the call that holds it, with who answers', async () => {
    const text = await tabOf('Transcript');
    expect(text).toContain('Turn 1 lead');
    expect(text).toContain('Conversation with worker (openai gpt-6-luna)');
    expect(text).toMatch(/Conversation with worker.*Add them\..*Turn 1 worker.*sum_numbers/);
  });

  it('has its tool calls in the list of tools, below the call that holds it', async () => {
    expect(await tabOf('Tools')).toMatch(/ask_worker.*worker > sum_numbers/);
  });
});
