import type { ConversationStep, LimitReason } from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import type { Clock } from '../base/clock.ts';
import type { Slots } from '../base/slots.ts';
import type { Message } from '../providers/message.ts';
import type { ToolCaller, ToolGate } from '../tools/toolGate.ts';
import type { AgentParts } from './agentSpec.ts';
import type { SleepWatch } from './awakeClock.ts';
import type { CallJournal } from './callRecords.ts';
import type { BudgetNeed, Reservation } from './reservation.ts';
import type { RetryPolicy } from './retryPolicy.ts';
import type { TurnGate, WhenBlocked } from './turnGate.ts';

/** The whole result of a tool call of which the model got a shortened one. */
export interface WholeOutput {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

/** What differs from agent to agent: each may use another server and model. */
export type ServedAgent = Pick<ConversationContext, 'gate' | 'reserve'>;

/** What a conversation works with, besides its agent and its messages. */
export interface ConversationContext {
  /** Cancels the conversation. */
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  /** Admits each model request. */
  readonly gate: TurnGate;
  /**
   * Reserves what the request can take at most, as soon as that fits. Resolves with the limit that forbids it
   * when it never will; rejects with the signal's reason.
   */
  readonly reserve: (need: BudgetNeed, signal: AbortSignal) => Promise<Reservation | LimitReason>;
  /** Counts so many tool calls for the run; false, and counts none, if they are more than it may make. */
  readonly countCalls?: (calls: number) => boolean;
  readonly whenBlocked: WhenBlocked;
  /** Keeps a message that was added to the history, in order. */
  readonly record: (message: Message) => void;
  /**
   * Resolves when everything recorded so far would survive the end of this process. Calls `onHold` once
   * when that takes more than milliseconds.
   */
  readonly commit: (onHold: () => void) => Promise<void>;
  /** Takes keys out of tool results, before the model or anyone else gets them. */
  readonly hideKeys?: (text: string) => string;
  /** Keeps a tool result that was too long for the model. */
  readonly keepOutput?: (output: WholeOutput) => void;
  /** The gate of a turn's tool calls, for the agent that makes them; all may run when absent. */
  readonly toolGate?: (turn: number, caller: ToolCaller) => ToolGate;
  /** What another agent works with that has this conversation, or a nested one within it. */
  readonly serve: (agent: AgentParts, within?: readonly string[]) => ServedAgent;
  /** True for a nested conversation: it goes before those that have not begun. */
  readonly isNested?: true;
  /** Shared by all conversations of the process, for calls that run in parallel. */
  readonly toolSlots?: Slots;
  /** Records calls that change something. */
  readonly callJournal?: CallJournal;
  /** For a conversation that goes on: what is known of its last turn besides the messages. */
  readonly lastTurn?: LastTurn;
  /** Called, possibly many times, with what a person should know and what stops nothing. */
  readonly onNote?: (text: string) => void;
}
