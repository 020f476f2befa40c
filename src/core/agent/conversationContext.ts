import type { ConversationStep } from '../../shared/conversationEvents.ts';
import type { LastTurn } from '../../shared/lastTurn.ts';
import type { Clock } from '../base/clock.ts';
import type { Slots } from '../base/slots.ts';
import type { Overlay, OverlayChange } from '../proposals/overlay.ts';
import type { Message } from '../providers/message.ts';
import type { ToolCaller, ToolGate } from '../tools/toolGate.ts';
import type { AgentParts } from './agentSpec.ts';
import type { SleepWatch } from './awakeClock.ts';
import type { CallJournal } from './callRecords.ts';
import type { RequestSlots, WhenBlocked } from './requestSlots.ts';
import type { BudgetNeed, Refusal, Reservation } from './reservation.ts';
import type { RetryPolicy } from './retryPolicy.ts';

/** The full result of a tool call that was shortened for the model. */
export interface WholeOutput {
  readonly turn: number;
  readonly callId: string;
  readonly name: string;
  readonly text: string;
}

/** What differs from agent to agent: each may use another server and model. */
export type ServedAgent = Pick<ConversationContext, 'requestSlots' | 'reserve'>;

/** What a tool call changed in the overlay of its conversation, and which files on disk it has read. */
export interface KeptProposal extends Omit<OverlayChange, 'steps'> {
  readonly turn: number;
  readonly callId: string;
}

/** The surroundings of a conversation. */
export interface ConversationContext {
  /** Cancels the conversation. */
  readonly signal: AbortSignal;
  readonly emit: (step: ConversationStep) => void;
  readonly clock: Clock;
  readonly sleepWatch: SleepWatch;
  readonly retry: RetryPolicy;
  /** Gives each model request its slot. */
  readonly requestSlots: RequestSlots;
  /**
   * Reserves the most that the request can use, as soon as that fits the limits. Resolves with the limit that
   * forbids it when it can never fit. Rejects with the signal's reason.
   */
  readonly reserve: (need: BudgetNeed, signal: AbortSignal) => Promise<Reservation | Refusal>;
  /** Counts tool calls for the run. When they exceed the run's limit, counts none and returns false. */
  readonly countCalls?: (calls: number) => boolean;
  readonly whenBlocked: WhenBlocked;
  /** Records a message that was added to the history. */
  readonly record: (message: Message) => void;
  /**
   * Resolves when everything recorded so far survives a crash of this process. Calls `onHold` once when this takes
   * noticeably long.
   */
  readonly commit: (onHold: () => void) => Promise<void>;
  /** Removes keys from tool results before they are used anywhere. */
  readonly hideKeys?: (text: string) => string;
  /** Saves the full text of a tool result that was too long for the model. */
  readonly keepOutput?: (output: WholeOutput) => void;
  /** The conversation's own proposals. Tools that propose do not work where it is absent. */
  readonly overlay?: Overlay;
  /** Records what a tool call changed in the overlay and has read, before the call's end is told. */
  readonly keepProposal?: (change: KeptProposal) => void;
  /** The gate of a turn's tool calls, for the agent that makes them; all may run when absent. */
  readonly toolGate?: (turn: number, caller: ToolCaller) => ToolGate;
  /** What another agent works with that has this conversation, or a nested one within it. */
  readonly serve: (agent: AgentParts, within?: readonly string[]) => ServedAgent;
  /**
   * The call that a nested conversation belongs to. Its requests go before those of conversations that have not
   * begun, and what it proposes is proposed by that call.
   */
  readonly outerCallId?: string;
  /** Slots for parallel tool calls, shared by all conversations of the process. */
  readonly toolSlots?: Slots;
  /** Records tool calls that can change something. */
  readonly callJournal?: CallJournal;
  /** For a resumed conversation: what is known of its last turn besides the messages. */
  readonly lastTurn?: LastTurn;
  /** Called with notes for the user, possibly with the same one several times. */
  readonly onNote?: (text: string) => void;
}
