import fc from 'fast-check';
import type { ConversationStep, RunStarted } from '../../../src/shared/conversationEvents.ts';
import type { ConversationPhase } from '../../../src/shared/conversationState.ts';
import type { ConversationStatus, FinishReason } from '../../../src/shared/outcome.ts';
import type { Usage } from '../../../src/shared/usage.ts';
import { noUsage } from '../../../src/shared/usage.ts';
import { failure, type LaterEvent, RunScript, tokens } from '../../support/panel/runScript.ts';

/** What must hold for a run after some events, worked out without the code under test. */
export interface Expected {
  readonly phases: readonly ConversationPhase[];
  readonly ownMs: readonly number[];
  readonly wallMs: number;
  readonly inputTokens: number;
}

/** A possible run, with what must hold after each of its events. */
export interface RunHistory {
  readonly script: RunScript;
  /** The script's start, with a price for some models only. */
  readonly started: RunStarted;
  readonly events: readonly LaterEvent[];
  readonly expected: readonly Expected[];
}

/** One choice of what happens next, and after how many ms. */
interface Move {
  readonly who: number;
  readonly what: number;
  readonly pick: number;
  readonly afterMs: number;
}

const anyNumber = fc.noBias(fc.nat(1_000_000));
const moves: fc.Arbitrary<Move> = fc.record({
  who: anyNumber,
  what: anyNumber,
  pick: anyNumber,
  afterMs: fc.nat(2_000),
});

/** Runs of up to four conversations with every kind of event, reruns included. */
export const runHistories: fc.Arbitrary<RunHistory> = fc
  .record({
    size: fc.integer({ min: 1, max: 4 }),
    moves: fc.array(moves, { minLength: 20, maxLength: 150, size: 'max' }),
  })
  .map((chosen) => {
    const history = new History(chosen.size);
    for (const move of chosen.moves) history.take(move);
    return history;
  });

type Stage = 'queued' | 'started' | 'request' | 'failed' | 'answered' | 'tool' | 'held' | 'ended';

class Conversation {
  stage: Stage = 'queued';
  phase: ConversationPhase = 'queued';
  /** Whether its time counts as its own. */
  counts = false;
  ownMs = 0;
  turn = 0;
  attempt = 0;
  calls = 0;
}

class History implements RunHistory {
  readonly script: RunScript;
  readonly expected: Expected[] = [];
  readonly #conversations: Conversation[];
  #atMs = 0;
  #wallMs = 0;
  #isRunning = true;
  #inputTokens = 0;

  constructor(size: number) {
    const prompts = Array.from({ length: size }, (_, index) => ({ name: `Prompt ${index}` }));
    this.script = new RunScript({ prompts });
    this.#conversations = prompts.map(() => new Conversation());
  }

  get started(): RunStarted {
    const conversations = this.script.started.conversations.map(({ price, ...plan }, index) =>
      price === undefined || index % 3 === 2 ? plan : { ...plan, price },
    );
    return { ...this.script.started, conversations };
  }

  get events(): readonly LaterEvent[] {
    return this.script.events;
  }

  take(choice: Move): void {
    this.#pass(choice.afterMs);
    if (this.#conversations.every(({ stage }) => stage === 'ended')) {
      if (this.#isRunning && choice.what % 2 === 0) {
        this.#finish();
        return;
      }
    }
    const index = choice.who % this.#conversations.length;
    const conversation = this.#conversations[index]!;
    if (conversation.stage === 'ended' && !this.#isRunning) this.#reopen();
    const steps = nextSteps(conversation, choice.pick);
    const endsNow = choice.pick % 10 === 0 && !['started', 'ended'].includes(conversation.stage);
    this.#apply(index, endsNow ? ending(choice.what) : steps[choice.what % steps.length]!);
  }

  #pass(afterMs: number): void {
    this.#atMs += afterMs;
    this.script.at(this.#atMs);
    if (this.#isRunning) this.#wallMs += afterMs;
    for (const conversation of this.#conversations) {
      if (conversation.counts) conversation.ownMs += afterMs;
    }
  }

  #finish(): void {
    this.#isRunning = false;
    this.script.finish();
    this.#expect();
  }

  #reopen(): void {
    this.#isRunning = true;
    this.script.reopen();
    this.#expect();
  }

  #apply(index: number, step: ConversationStep): void {
    advance(this.#conversations[index]!, step);
    if ('usage' in step) this.#inputTokens += step.usage?.inputTokens ?? 0;
    this.script.steps(index, step);
    this.#expect();
  }

  #expect(): void {
    this.expected.push({
      phases: this.#conversations.map(({ phase }) => phase),
      ownMs: this.#conversations.map(({ ownMs }) => ownMs),
      wallMs: this.#wallMs,
      inputTokens: this.#inputTokens,
    });
  }
}

/** The steps that may come next in a conversation, apart from its end. */
function nextSteps(at: Conversation, pick: number): readonly ConversationStep[] {
  const { turn, attempt } = at;
  const held = { type: 'conversation.waiting', reason: heldBy(pick), untilMs: pick } as const;
  switch (at.stage) {
    case 'queued':
      return [{ type: 'conversation.started' }, held];
    case 'started':
      return [{ type: 'turn.started', turn: 1, attempt: 1 }];
    case 'request':
      return [
        { type: 'turn.delta', turn, text: `piece ${pick} ` },
        { type: 'turn.thinking', turn, text: 'hm ' },
        { type: 'turn.discarded', turn, attempt, error: failure('overloaded', 'Busy.') },
        {
          type: 'turn.discarded',
          turn,
          attempt,
          error: failure('network', 'x'),
          usage: usageOf(pick),
        },
        { type: 'turn.finished', turn, text: 'text', toolCalls: [], usage: usageOf(pick) },
      ];
    case 'failed':
      return [
        { type: 'conversation.waiting', reason: 'retry', untilMs: pick },
        { type: 'conversation.waiting', reason: 'rate_limit' },
        { type: 'turn.started', turn, attempt: attempt + 1 },
      ];
    case 'answered':
      return [
        { type: 'tool.started', turn, callId: `c${at.calls + 1}`, name: 'sum', input: { pick } },
        { type: 'tool.waiting', turn, callId: `c${at.calls + 1}`, name: 'sum' },
        { type: 'tool.checked', turn, callId: `c${at.calls + 1}`, name: 'sum' },
        held,
        { type: 'turn.started', turn: turn + 1, attempt: 1 },
      ];
    case 'held':
      return [{ type: 'turn.started', turn: turn + 1, attempt: 1 }, held];
    case 'tool': {
      const output = String(pick);
      const call = { turn, callId: `c${at.calls}`, name: 'sum', output, isError: pick % 2 === 0 };
      return [{ type: 'tool.finished', ...call }];
    }
    case 'ended':
      return [{ type: 'conversation.requeued' }];
  }
}

function heldBy(pick: number): 'slot' | 'rate_limit' | 'warm_up' | 'blocked' | 'decision' {
  return (['slot', 'rate_limit', 'warm_up', 'blocked', 'decision'] as const)[pick % 5]!;
}

function usageOf(pick: number): Usage {
  if (pick % 5 === 0) return noUsage;
  const input = pick % 1000;
  return tokens(input, pick % 7, Math.min(input, pick % 3));
}

const endings: readonly (readonly [ConversationStatus, FinishReason])[] = [
  ['done', 'final'],
  ['failed', 'overloaded'],
  ['stopped', 'max_turns'],
  ['cancelled', 'cancelled'],
];

function ending(pick: number): ConversationStep {
  const [status, reason] = endings[pick % endings.length]!;
  const error = status === 'failed' ? { error: failure('overloaded', 'Busy.') } : {};
  return { type: 'conversation.finished', status, reason, answer: `answer ${pick}`, ...error };
}

/** Applies a step, by the meaning of the step and not by the code under test. */
function advance(at: Conversation, step: ConversationStep): void {
  switch (step.type) {
    case 'conversation.requeued':
      Object.assign(at, { ...new Conversation(), ownMs: at.ownMs });
      break;
    case 'conversation.started':
      Object.assign(at, { stage: 'started', phase: 'running', counts: true });
      break;
    case 'conversation.waiting':
      at.phase = 'waiting';
      // Own time begins with the start; of all waits it includes backoff only.
      at.counts = at.stage !== 'queued' && step.reason === 'retry';
      if (at.stage === 'answered') at.stage = 'held';
      break;
    case 'turn.started':
      Object.assign(at, { stage: 'request', phase: 'running', counts: true });
      Object.assign(at, { turn: step.turn, attempt: step.attempt });
      break;
    case 'turn.discarded':
      at.stage = 'failed';
      break;
    case 'tool.started':
      Object.assign(at, { stage: 'tool', calls: at.calls + 1 });
      break;
    case 'turn.finished':
    case 'tool.finished':
      at.stage = 'answered';
      break;
    case 'conversation.finished':
      Object.assign(at, { stage: 'ended', phase: step.status, counts: false });
      break;
    case 'tool.waiting':
    case 'tool.checked':
    case 'turn.delta':
    case 'turn.thinking':
      break;
  }
}
