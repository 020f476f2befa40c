import type { CallDecision } from '../../../src/shared/callDecision.ts';
import type {
  ConversationEvent,
  ConversationStep,
  DecidedCall,
  RunEvent,
  RunStarted,
} from '../../../src/shared/conversationEvents.ts';
import type { ModelPrice } from '../../../src/shared/modelPrice.ts';
import type { ConversationError } from '../../../src/shared/outcome.ts';
import type { PlannedConversation, RunEstimate } from '../../../src/shared/plannedRun.ts';
import type { RunState } from '../../../src/shared/runState.ts';
import { applyRunEvent, startRunState } from '../../../src/shared/runState.ts';
import type { Usage } from '../../../src/shared/usage.ts';

/** Any event after the start of a run. */
export type LaterEvent = Exclude<RunEvent, RunStarted>;

/** The options of a scripted run. */
export interface ScriptedStart {
  readonly title?: string;
  readonly simulated?: boolean;
  /** Whether the model's price is unknown. */
  readonly unpriced?: boolean;
  readonly startedAt?: string;
  readonly estimate?: RunEstimate;
  readonly prompts: readonly (Partial<PlannedConversation> & { readonly name: string })[];
}

const price: ModelPrice = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 };
const free: ModelPrice = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

/** The first event of a scripted run. */
export function scriptedStart(start: ScriptedStart): RunStarted {
  const title = start.title ?? 'math.prompts.md';
  const model = 'claude-opus-5-5';
  return {
    type: 'run.started',
    id: `run-${title}`,
    number: 3,
    title,
    startedAt: start.startedAt ?? '2026-01-05T10:00:00.000Z',
    simulated: start.simulated ?? false,
    agent: {
      name: 'default',
      provider: 'anthropic',
      model,
      tools: ['sum_numbers', 'multiply_numbers', 'read_file'],
      mode: 'concurrent',
      toolExecution: 'serial',
      concurrency: 'auto',
    },
    ...(start.estimate === undefined ? {} : { estimate: start.estimate }),
    conversations: start.prompts.map((prompt, index) => ({
      id: `${title}#${prompt.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
      prompt: `Please do this: ${prompt.name}.`,
      provider: 'anthropic',
      model,
      ...(start.unpriced ? {} : { price: start.simulated ? free : price }),
      source: { uri: `file:///work/${title}`, line: index * 4 },
      ...prompt,
    })),
  };
}

/** Tokens of a turn. */
export function tokens(input: number, output: number, cached = 0): Usage {
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: cached,
    cacheWriteTokens: 0,
  };
}

/** An error with every optional field. */
export function failure(
  kind: ConversationError['kind'],
  message: string,
  more: Partial<ConversationError> = {},
): ConversationError {
  return { kind, message, attempts: 1, ...more };
}

/** Builds the events of a run one by one, each with the next `seq` and a time. */
export class RunScript {
  readonly started: RunStarted;
  readonly events: LaterEvent[] = [];
  #atMs = 0;

  constructor(start: ScriptedStart) {
    this.started = scriptedStart(start);
  }

  /** Sets the time of the following events, in ms since the run's start. */
  at(atMs: number): this {
    this.#atMs = atMs;
    return this;
  }

  /** Adds steps of a conversation. */
  steps(conversation: number, ...steps: readonly ConversationStep[]): this {
    for (const step of steps) {
      const seq = this.events.length + 1;
      this.events.push({ ...step, conversation, seq, atMs: this.#atMs } as ConversationEvent);
    }
    return this;
  }

  /** Pauses the run. */
  pause(error: ConversationError): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.paused', error, seq, atMs: this.#atMs });
    return this;
  }

  /** Resumes a paused run. */
  resume(): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.resumed', seq, atMs: this.#atMs });
    return this;
  }

  /** Decides on calls of a conversation. */
  decide(decision: CallDecision, ...calls: readonly DecidedCall[]): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.decided', decision, calls, seq, atMs: this.#atMs });
    return this;
  }

  /** Adds a note. */
  note(text: string): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.noted', text, seq, atMs: this.#atMs });
    return this;
  }

  /** Ends the run. */
  finish(state: 'finished' | 'cancelled' = 'finished'): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.finished', state, seq, atMs: this.#atMs });
    return this;
  }

  /** Reopens the run after its end. */
  reopen(): this {
    const seq = this.events.length + 1;
    this.events.push({ type: 'run.reopened', seq, atMs: this.#atMs });
    return this;
  }

  /** The state after the first `count` events, or after all. */
  state(count = this.events.length): RunState {
    const run = startRunState(this.started);
    for (const event of this.events.slice(0, count)) applyRunEvent(run, event);
    return run;
  }
}
