import type {
  ConversationEvent,
  ConversationStep,
  RunEvent,
  RunStarted,
} from '../../src/shared/conversationEvents.ts';
import type { ConversationError } from '../../src/shared/outcome.ts';
import type { RunState } from '../../src/shared/runState.ts';
import { applyRunEvent, startRunState } from '../../src/shared/runState.ts';
import { noUsage } from '../../src/shared/usage.ts';

type LaterEvent = Exclude<RunEvent, RunStarted>;

/** A run that a test advances step by step, with its state as views see it. */
export class SteppedRun {
  readonly id: string;
  readonly state: RunState;

  constructor(names: readonly string[], id = 'run-1') {
    this.id = id;
    this.state = startRunState(runStarted(names, id));
  }

  /** Applies the next event and returns it. */
  step(conversation: number, step: ConversationStep, atMs = this.state.atMs): ConversationEvent {
    const event = { ...step, conversation, seq: this.state.seq + 1, atMs };
    applyRunEvent(this.state, event);
    return event;
  }

  /** Applies an event of the run itself. */
  own(
    step:
      | { readonly type: 'run.resumed' | 'run.reopened' }
      | { readonly type: 'run.paused'; error: ConversationError },
  ): LaterEvent {
    const event = { ...step, seq: this.state.seq + 1, atMs: this.state.atMs };
    applyRunEvent(this.state, event);
    return event;
  }

  finish(state: 'finished' | 'cancelled', atMs = this.state.atMs): LaterEvent {
    const event: LaterEvent = { type: 'run.finished', state, seq: this.state.seq + 1, atMs };
    applyRunEvent(this.state, event);
    return event;
  }

  nowMs(): number {
    return this.state.atMs;
  }
}

/** Steps of a conversation that calls a tool and answers. */
export const steps = {
  started: { type: 'conversation.started' },
  turn: { type: 'turn.started', turn: 1, attempt: 1 },
  delta: { type: 'turn.delta', turn: 1, text: 'x' },
  toolStarted: { type: 'tool.started', turn: 1, callId: 'c1', name: 'sum_numbers', input: {} },
  toolFinished: {
    type: 'tool.finished',
    turn: 1,
    callId: 'c1',
    name: 'sum_numbers',
    output: '3',
    isError: false,
  },
  turnFinished: { type: 'turn.finished', turn: 1, text: 'x', toolCalls: [], usage: noUsage },
  done: { type: 'conversation.finished', status: 'done', reason: 'final', answer: 'x' },
  failed: {
    type: 'conversation.finished',
    status: 'failed',
    reason: 'rate_limit',
    answer: '',
    error: { kind: 'rate_limit', message: 'Too many\nrequests.', attempts: 3 },
  },
  stopped: { type: 'conversation.finished', status: 'stopped', reason: 'max_turns', answer: 'x' },
  cancelled: {
    type: 'conversation.finished',
    status: 'cancelled',
    reason: 'cancelled',
    answer: '',
  },
} as const satisfies { readonly [name: string]: ConversationStep };

function runStarted(names: readonly string[], id: string): RunStarted {
  return {
    type: 'run.started',
    id,
    number: 1,
    title: 'math.prompts.md',
    startedAt: new Date(2026, 10, 20, 14, 2).toISOString(),
    simulated: false,
    agent: {
      name: 'test',
      provider: 'demo',
      model: 'demo',
      tools: [],
      mode: 'concurrent',
      toolExecution: 'serial',
      concurrency: 'auto',
    },
    conversations: names.map((name) => ({
      id: `math.prompts.md#${name}`,
      name,
      prompt: name,
      provider: 'demo',
      model: 'demo',
      source: { uri: 'file:///w/math.prompts.md', line: 3 },
    })),
  };
}
