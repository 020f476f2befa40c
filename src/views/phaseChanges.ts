import type { RunEvent } from '../shared/conversationEvents.ts';
import type { ConversationPhase } from '../shared/conversationState.ts';

/** Whether this event may change the phase of a conversation. */
export function changesPhase(event: RunEvent): boolean {
  switch (event.type) {
    case 'conversation.requeued':
    case 'conversation.started':
    case 'conversation.waiting':
    case 'conversation.finished':
    case 'turn.started':
    // A wait for a decision ends with it.
    case 'tool.started':
      return true;
    default:
      return false;
  }
}

/** Whether an event only adds streamed text or thinking. Trees and documents do not show it. */
export function isPieceOfTurn(event: RunEvent): boolean {
  return event.type === 'turn.delta' || event.type === 'turn.thinking';
}

/** Phases in which a conversation can still be cancelled. */
export function isActive(phase: ConversationPhase): boolean {
  return phase === 'queued' || phase === 'waiting' || phase === 'running';
}
