import type { Answerer } from './answerer.ts';
import type { CallDecision } from './callDecision.ts';
import type {
  ConversationError,
  ConversationStatus,
  FinishReason,
  UnfinishedAnswer,
} from './outcome.ts';
import type { PlannedConversation, RunAgent, RunEstimate } from './plannedRun.ts';
import type { ProposalStep, ProposedFile } from './proposals.ts';
import type { BudgetLimit, RaisedLimits } from './raisedLimits.ts';
import type { RunOrigin } from './runOrigin.ts';
import type { Usage } from './usage.ts';
import type { Wait } from './wait.ts';

/** One tool call as the model asked for it. */
export interface ToolCallRequest {
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
}

/** How a model response ended: with an answer, with tool calls, paused by the provider, or truncated. */
export type TurnStop =
  | 'final'
  | 'tool_calls'
  | 'continue'
  | 'truncated'
  | 'context_full'
  | 'refused';

/** Where a step happened, if not in the conversation itself. */
interface Place {
  /**
   * The calls of `ask_…` tools that lead to the nested conversation, outermost first, by their `callKey`.
   * Absent for the conversation itself.
   */
  readonly within?: readonly string[];
}

/** What happened in one conversation. `ConversationEvent` adds which one and when. */
export type ConversationStep = OwnStep & Place;

type OwnStep =
  /** The conversation runs again from its prompt. */
  | { readonly type: 'conversation.requeued' }
  /** It goes on from its last complete turn. */
  | {
      readonly type: 'conversation.resumed';
      /** The last turn that is there; later ones were lost. Absent when none was lost. */
      readonly keptTurns?: number;
      /** What it proposes; absent when that is nothing. */
      readonly proposals?: readonly ProposedFile[];
      /** Limits that were raised so that it can go on. */
      readonly raised?: RaisedLimits;
    }
  | { readonly type: 'conversation.started' }
  | ({ readonly type: 'conversation.waiting' } & Wait)
  /** A model request was sent. `attempt` counts from 1 within the turn, `turn` from 1. */
  | { readonly type: 'turn.started'; readonly turn: number; readonly attempt: number }
  | { readonly type: 'turn.delta'; readonly turn: number; readonly text: string }
  /** A delta of the model's thinking or of its summary; not part of the answer. */
  | { readonly type: 'turn.thinking'; readonly turn: number; readonly text: string }
  /**
   * The attempt failed and its partial text is discarded. Another attempt follows. For the last attempt, this
   * event is emitted only if the attempt cost something.
   */
  | {
      readonly type: 'turn.discarded';
      readonly turn: number;
      readonly attempt: number;
      readonly error: ConversationError;
      /** What the failed attempt cost, if the provider reported it. */
      readonly usage?: Usage;
      /** When its first token arrived, in ms since the run's start; absent when none did. */
      readonly firstTokenMs?: number;
    }
  | {
      readonly type: 'turn.finished';
      readonly turn: number;
      readonly text: string;
      readonly toolCalls: readonly ToolCallRequest[];
      readonly usage: Usage;
      /** Who answered; its price is known from who was announced. Absent from runs of earlier versions. */
      readonly by?: Omit<Answerer, 'price'>;
      /** Absent from runs of earlier versions. */
      readonly stop?: TurnStop;
      readonly requestId?: string;
      /** When its first token arrived, in ms since the run's start. Absent from runs of earlier versions. */
      readonly firstTokenMs?: number;
      /** For how many ms of the request this program was too busy to read the response; absent for none. */
      readonly lateMs?: number;
    }
  /** The call may run, but not yet: it waits for other calls. Not emitted when it runs at once. */
  | {
      readonly type: 'tool.checked';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
    }
  /** The call waits for somebody to decide whether it may run. */
  | {
      readonly type: 'tool.waiting';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      /** Why the user has to decide. */
      readonly decision?: CallDecision;
    }
  /** The tool runs. A call that cannot be run or is denied has an end only. */
  | {
      readonly type: 'tool.started';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      /** The arguments that it runs with: other ones than the model's if the user changed them. */
      readonly input: unknown;
      /** What allowed it; absent for calls that nobody needs to allow. */
      readonly decision?: CallDecision;
    }
  | {
      readonly type: 'tool.finished';
      readonly turn: number;
      readonly callId: string;
      readonly name: string;
      readonly output: string;
      readonly isError: boolean;
      /** False if no tool ran; absent otherwise. */
      readonly wasRun?: false;
      /** With `wasRun: false`: what denied it. */
      readonly decision?: CallDecision;
      /** Size of the whole result in bytes, if `output` is shortened. */
      readonly wholeBytes?: number;
      /** For how many ms of the call this program was too busy with others; absent for none. */
      readonly lateMs?: number;
      /** What the call did to what its conversation proposes; absent when that is nothing. */
      readonly proposed?: readonly ProposalStep[];
    }
  /** By this call, the agent handed the conversation over: `to` answers from the next turn on. */
  | {
      readonly type: 'agent.changed';
      readonly turn: number;
      readonly callId: string;
      readonly to: Answerer;
    }
  /** By this call, the agent asks another one: a nested conversation starts. */
  | {
      readonly type: 'agent.asked';
      readonly turn: number;
      readonly callId: string;
      readonly by: Answerer;
      /** The nested conversation's prompt. */
      readonly prompt: string;
    }
  | {
      readonly type: 'conversation.finished';
      readonly status: ConversationStatus;
      readonly reason: FinishReason;
      /** With `budget`: the limit that was reached. Absent from runs of earlier versions. */
      readonly limit?: BudgetLimit;
      /** The final answer, or the text so far when it ended early. */
      readonly answer: string;
      /** Absent for a final answer, and from runs of earlier versions. */
      readonly answerIs?: UnfinishedAnswer;
      readonly error?: ConversationError;
      /** What the aborted request in flight cost, if the provider had reported it. */
      readonly usage?: Usage;
      /** When the first token of the request in flight arrived, as in `turn.finished`. */
      readonly firstTokenMs?: number;
    };

/** Position and time of an event. */
export interface EventStamp {
  /** Counts the events of the whole run from 1, without gaps. */
  readonly seq: number;
  /** Milliseconds since the run's start. */
  readonly atMs: number;
}

/** A step of one conversation of a run; `conversation` is its index in prompt order. */
export type ConversationEvent = ConversationStep & EventStamp & { readonly conversation: number };

/** The conversation events of one type. */
export type EventOf<T extends ConversationEvent['type']> = Extract<
  ConversationEvent,
  { readonly type: T }
>;

/** The first event of a run: everything that is fixed when it starts. */
export interface RunStarted {
  readonly type: 'run.started';
  readonly id: string;
  /** Counts the runs of this window or process from 1; logs and lists call the third one `r3`. */
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

/** A run that had ended goes on, because some of its conversations run again. */
export interface RunReopened extends EventStamp {
  readonly type: 'run.reopened';
}

/** No request is sent until the user has acted. Emitted once, however many requests failed. */
export interface RunPaused extends EventStamp {
  readonly type: 'run.paused';
  readonly error: ConversationError;
}

/** The pause is over: the cause is gone, or is about to be tried again. */
export interface RunResumed extends EventStamp {
  readonly type: 'run.resumed';
}

/** A note for people that stops nothing. Emitted once, however many conversations it concerns. */
export interface RunNoted extends EventStamp {
  readonly type: 'run.noted';
  readonly text: string;
}

/** A tool call of one conversation of a run. */
export interface DecidedCall {
  readonly conversation: number;
  readonly turn: number;
  readonly callId: string;
  /** The calls that lead to the nested conversation in which it is made, as in a step. */
  readonly within?: readonly string[];
}

/** Tool calls that waited for a decision were decided on, all at once. */
export interface RunDecided extends EventStamp {
  readonly type: 'run.decided';
  readonly decision: CallDecision;
  readonly calls: readonly DecidedCall[];
}

/** All conversations have ended. */
export interface RunFinished extends EventStamp {
  readonly type: 'run.finished';
  readonly state: 'finished' | 'cancelled';
  /** Why the run could not be saved; absent if it was. */
  readonly unsaved?: string;
}

/** All events of a run. `run.started` comes first and has no stamp; the others come in the order of `seq`. */
export type RunEvent =
  | RunStarted
  | RunReopened
  | RunPaused
  | RunResumed
  | RunNoted
  | RunDecided
  | RunFinished
  | ConversationEvent;

/** Whether an event belongs to one conversation and not to the run as a whole. */
export function isConversationEvent(event: RunEvent): event is ConversationEvent {
  return 'conversation' in event;
}
