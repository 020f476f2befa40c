// Measures the core's cost per event and per prompt, without any network.
import { Emitter } from '../../src/core/base/emitter.ts';
import { parsePromptFile } from '../../src/core/prompts/parsePromptFile.ts';
import type {
  ConversationStep,
  RunEvent,
  RunStarted,
} from '../../src/shared/conversationEvents.ts';
import { applyRunEvent, startRunState } from '../../src/shared/runState.ts';
import { noUsage } from '../../src/shared/usage.ts';

/** Microseconds per event and per prompt. */
export interface CoreCost {
  readonly eventAt10Us: number;
  readonly eventAt5000Us: number;
  readonly promptAt100Us: number;
  readonly promptAt1000Us: number;
}

const measuredEvents = 400_000;
const measuredPrompts = 20_000;
const samples = 5;

process.send?.({
  eventAt10Us: median(() => eventCostUs(10)),
  eventAt5000Us: median(() => eventCostUs(5000)),
  promptAt100Us: median(() => promptCostUs(100)),
  promptAt1000Us: median(() => promptCostUs(1000)),
} satisfies CoreCost);

/** Discards the first sample, in which the code is compiled. */
function median(measure: () => number): number {
  const values = Array.from({ length: samples + 1 }, measure).slice(1);
  return values.sort((a, b) => a - b)[samples >> 1] ?? 0;
}

/** Replays whole runs, with interleaved conversations, until there are enough events. */
function eventCostUs(conversations: number): number {
  const steps = lifeOf();
  let received = 0;
  let spentMs = 0;
  while (received < measuredEvents) {
    const run = startRunState(runStarted(conversations));
    const emitter = new Emitter<RunEvent>();
    emitter.event(() => {
      received += 1;
    });
    const startMs = performance.now();
    let seq = 0;
    for (const step of steps) {
      for (let conversation = 0; conversation < conversations; conversation++) {
        seq += 1;
        const event = { ...step, seq, atMs: seq, conversation };
        applyRunEvent(run, event);
        emitter.fire(event);
      }
    }
    spentMs += performance.now() - startMs;
  }
  return (spentMs * 1000) / received;
}

/** The steps of one conversation: three rounds of two tool calls, then an answer in 20 pieces. */
function lifeOf(): readonly ConversationStep[] {
  const steps: ConversationStep[] = [{ type: 'conversation.started' }];
  for (let turn = 1; turn <= 3; turn++) {
    const calls = [1, 2].map((call) => ({
      callId: `${turn}-${call}`,
      name: 'sum_numbers',
      input: {},
    }));
    steps.push({ type: 'turn.started', turn, attempt: 1 });
    steps.push({ type: 'turn.finished', turn, text: '', toolCalls: calls, usage: noUsage });
    for (const call of calls) {
      const { callId, name } = call;
      steps.push({ type: 'tool.started', turn, ...call });
      steps.push({ type: 'tool.finished', turn, callId, name, output: '42', isError: false });
    }
  }
  steps.push({ type: 'turn.started', turn: 4, attempt: 1 });
  for (let piece = 0; piece < 20; piece++)
    steps.push({ type: 'turn.delta', turn: 4, text: ' word' });
  const text = ' word'.repeat(20);
  steps.push({ type: 'turn.finished', turn: 4, text, toolCalls: [], usage: noUsage });
  steps.push({ type: 'conversation.finished', status: 'done', reason: 'final', answer: text });
  return steps;
}

function runStarted(conversations: number): RunStarted {
  return {
    type: 'run.started',
    id: 'bench',
    number: 1,
    title: 'bench',
    startedAt: '2026-01-01T00:00:00.000Z',
    simulated: false,
    agent: {
      name: 'bench',
      provider: 'anthropic',
      model: 'bench',
      tools: [],
      mode: 'concurrent',
      toolExecution: 'serial',
      concurrency: 'auto',
    },
    conversations: Array.from({ length: conversations }, (_, index) => ({
      id: `bench#${index}`,
      name: `Conversation ${index}`,
      prompt: 'go',
      provider: 'anthropic',
      model: 'bench',
    })),
  };
}

function promptCostUs(prompts: number): number {
  const file = Array.from({ length: prompts }, (_, index) => promptText(index)).join('\n');
  let parsed = 0;
  const startMs = performance.now();
  while (parsed < measuredPrompts) {
    const result = parsePromptFile(file, 'bench.prompts.md');
    if (result.prompts.length !== prompts) throw new Error('the prompt file was not read whole');
    parsed += prompts;
  }
  return ((performance.now() - startMs) * 1000) / parsed;
}

function promptText(index: number): string {
  return [
    `## Prompt ${index}`,
    index % 10 === 0 ? '<!-- interleave\nmaxTurns: 5\n-->\n' : '',
    'Read the table below and add up its second column.',
    '',
    '- one | 12',
    '- two | 30',
    '',
    '```text',
    '## this is no heading',
    '```',
    '',
  ].join('\n');
}
