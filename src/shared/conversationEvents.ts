import type { ModelPrice } from './modelPrice.ts';
import type { ProposalStep, ProposedFile } from './proposals.ts';
import type { RunOrigin } from './runOrigin.ts';

/** Why a model request could not be answered, whatever the provider calls it. */
export const errorKinds = [
  'auth',
  'rate_limit',
  'quota',
  'overloaded',
  'network',
  'protocol',
  'invalid_request',
  'not_found',
  'approval',
  'internal',
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** A limit that ended a conversation early. The answer so far is kept; nothing went wrong. */
export const limitReasons = [
  'max_turns',
  'max_tokens',
  'context_full',
  'refused',
  'budget',
  'loop',
  'max_tool_calls',
  'max_wait',
  'timeout',
] as const;
export type LimitReason = (typeof limitReasons)[number];

/** How a conversation ended. */
export type ConversationStatus = 'done' | 'failed' | 'stopped' | 'cancelled';

/**
 * What the text at the end of a conversation is when it is no answer: said on the way to one, before tools
 * were to run, or the beginning of one that broke off.
 */
export const unfinishedAnswers = ['interim', 'broken_off'] as const;
export type UnfinishedAnswer = (typeof unfinishedAnswers)[number];

/**
 * Why it ended so: `final` goes with `done`, a limit with `stopped`, an error kind with `failed`.
 * `interrupted` is a cancellation by nobody: the process that ran it ended.
 */
export type FinishReason = 'final' | 'cancelled' | 'interrupted' | LimitReason | ErrorKind;

/**
 * Why a conversation is waiting before its next model request: for others to finish theirs, for the
 * server's rate limit, for the time before another attempt, for a first conversation to fill the
 * prompt cache, for what is under way to leave some of the budget, for a server that nothing answers at,
 * or for a person to mend what holds the whole run back.
 */
export const waitReasons = [
  'slot',
  'rate_limit',
  'retry',
  'warm_up',
  'budget',
  'offline',
  'blocked',
] as const;
export type WaitReason = (typeof waitReasons)[number];

/** What a conversation waits for, and for how long. */
export interface Wait {
  readonly reason: WaitReason;
  /** When the wait is expected to end, in ms since the run's start; absent when unknown. */
  readonly untilMs?: number;
  /** The same as an ISO time, for waits so long that a time of day says more than a count-down. */
  readonly untilTime?: string;
  /**
   * With `retry`, and with `rate_limit` from the second refusal in a row on: the number of the attempt
   * that follows, from 2, and how many there are at most.
   */
  readonly attempt?: number;
  readonly of?: number;
  /** With `retry`: what went wrong, where the error's kind says too little: `no data for 60 s`. */
  readonly cause?: string;
}

/** What ended a conversation or an attempt. `message` is fit for a person and names a remedy. */
export interface ConversationError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
  /** Model requests made for the turn that failed. */
  readonly attempts: number;
}

/** Tokens. `inputTokens` counts all input, cached or not, for every provider: it is never less than both together. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** Some of it was not reported: the counts are too low, and no cost can be said. */
  readonly incomplete?: true;
  /** The tier that answered one request, by the API's own name, where it is not the standard one. */
  readonly tier?: string;
}

/** One tool call as the model asked for it. */
export interface ToolCallRequest {
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
}

/** How a model response ended: with an answer, with calls, paused by the provider, or cut short. */
export type TurnStop =
  | 'final'
  | 'tool_calls'
  | 'continue'
  | 'truncated'
  | 'context_full'
  | 'refused';

/** What happened in one conversation, without saying in which or when. */
export type ConversationStep =
  /** It is run again from its prompt. */
  | { readonly type: 'conversation.requeued' }
  /** It goes on from its last complete turn, after the process that ran it had ended. */
  | {
      readonly type: 'conversation.resumed';
      /** Its turns up to this one are there; those after it were lost. Absent when all are there. */
      readonly keptTurns?: number;
      /** What it proposes; absent when that is nothing. */
      readonly proposals?: readonly ProposedFile[];
    }
  | { readonly type: 'conversation.started' }
  | ({ readonly type: 'conversation.waiting' } & Wait)
  /** A model request was sent. `attempt` counts from 1 within the turn, `turn` from 1. */
  | { readonly type: 'turn.started'; readonly turn: number; readonly attempt: number }
  | { readonly type: 'turn.delta'; readonly turn: number; readonly text: string }
  /** A piece of the model's thinking, or of its summary; no part of the answer. */
  | { readonly type: 'turn.thinking'; readonly turn: number; readonly text: string }
  /**
   * The attempt failed and its partial text counts for nothing. Another attempt follows; after the last
   * one this is said only when it cost something.
   */
  | {
      readonly type: 'turn.discarded';
      readonly turn: number;
      readonly attempt: number;
      readonly error: ConversationError;
      /** What the attempt cost all the same, if the provider said so. */
      readonly usage?: Usage;
    }
  | {
      readonly type: 'turn.finished';
      readonly turn: number;
      readonly text: string;
      readonly toolCalls: readonly ToolCallRequest[];
      readonly usage: Usage;
      /** Absent from runs of earlier versions. */
      readonly stop?: TurnStop;
      readonly requestId?: string;
    }
  | {
      readonly type: 'tool.started';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      readonly input: unknown;
    }
  | {
      readonly type: 'tool.finished';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      readonly output: string;
      readonly isError: boolean;
      /** Bytes of the whole result, where `output` is a shortened one. */
      readonly wholeBytes?: number;
      /** What the call did to what its conversation proposes; absent when that is nothing. */
      readonly proposed?: readonly ProposalStep[];
    }
  | {
      readonly type: 'conversation.finished';
      readonly status: ConversationStatus;
      readonly reason: FinishReason;
      /** The final answer, or the text there was when it ended early. */
      readonly answer: string;
      /** Absent for an answer, and from runs of earlier versions. */
      readonly answerIs?: UnfinishedAnswer;
      readonly error?: ConversationError;
      /** What the request cost that was given up with it, if the provider had said so. */
      readonly usage?: Usage;
    };

/** Where and when a step happened. */
export interface EventStamp {
  /** One counter for the whole run, from 1, without gaps: the order in which things happened. */
  readonly seq: number;
  /** Milliseconds since the run's start. */
  readonly atMs: number;
}

/** A step of one conversation of a run; `conversation` is its index in prompt order. */
export type ConversationEvent = ConversationStep & EventStamp & { readonly conversation: number };

/** What is known of a conversation before it starts. */
export interface PlannedConversation {
  /** The text form of its prompt's `PromptId`. */
  readonly id: string;
  readonly name: string;
  /** The prompt as it is sent. */
  readonly prompt: string;
  readonly provider: string;
  readonly model: string;
  /** Absent when it is not known; then no cost is, either. */
  readonly price?: ModelPrice;
  /** Where the prompt stands, for going back to it. Lines count from 0. */
  readonly source?: { readonly uri: string; readonly line: number };
  /** SHA-256 of `prompt`, in hex. Absent from runs of earlier versions, as is `agent`. */
  readonly promptHash?: string;
  /** Its agent: an index of `RunOrigin.agents`. */
  readonly agent?: number;
}

/** The agent and the way of running, as the result reports them. */
export interface RunAgent {
  readonly name: string;
  readonly provider: string;
  readonly model: string;
  readonly tools: readonly string[];
  readonly mode: 'concurrent' | 'serial';
  readonly toolExecution: 'serial' | 'parallel';
  readonly concurrency: 'auto' | 'unlimited' | number;
}

/** What a run will send at least: the first request of every conversation. */
export interface RunEstimate {
  /** A rough count, from the length of the texts. */
  readonly inputTokens: number;
  /** US dollars for that input; null when a price is not known. */
  readonly costUsd: number | null;
}

/** The first event of a run: everything that is fixed when it starts. */
export interface RunStarted {
  readonly type: 'run.started';
  readonly id: string;
  /** Counts the runs of this window or process from 1; the short name `r3` in logs and lists. */
  readonly number: number;
  readonly title: string;
  readonly startedAt: string;
  /** True when the answers come from the built-in demo model. */
  readonly simulated: boolean;
  readonly agent: RunAgent;
  readonly conversations: readonly PlannedConversation[];
  /** Where the run was made. Absent from runs of earlier versions. */
  readonly origin?: RunOrigin;
  /** Absent from runs of earlier versions. */
  readonly estimate?: RunEstimate;
}

/** A finished run goes on, because some of its conversations are run again. */
export interface RunReopened extends EventStamp {
  readonly type: 'run.reopened';
}

/** Nothing more is sent until a person has mended this; said once, whatever number of requests it hit. */
export interface RunPaused extends EventStamp {
  readonly type: 'run.paused';
  readonly error: ConversationError;
}

/** What held the run back is mended, or is tried once more. */
export interface RunResumed extends EventStamp {
  readonly type: 'run.resumed';
}

/** Something that a person should know and that stops nothing; said once, whomever it concerns. */
export interface RunNoted extends EventStamp {
  readonly type: 'run.noted';
  readonly text: string;
}

/** All conversations have ended. */
export interface RunFinished extends EventStamp {
  readonly type: 'run.finished';
  readonly state: 'finished' | 'cancelled';
  /** Why the run could not be kept, where it could not. */
  readonly unsaved?: string;
}

/** Everything a run emits, in the order of `seq`; `run.started` comes first and has no stamp. */
export type RunEvent =
  | RunStarted
  | RunReopened
  | RunPaused
  | RunResumed
  | RunNoted
  | RunFinished
  | ConversationEvent;

/** Every type a conversation's event can have; the others are the run's own. */
export function isConversationEvent(event: RunEvent): event is ConversationEvent {
  return 'conversation' in event;
}

export const noUsage: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
};

/** The sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    ...(a.incomplete || b.incomplete ? { incomplete: true as const } : {}),
  };
}
