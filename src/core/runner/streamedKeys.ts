import type { ConversationStep, RunEvent } from '../../shared/conversationEvents.ts';
import type { Redactor } from '../base/redact.ts';

/** Takes keys out of an event; pieces of texts are clean already, and far too many to look at twice. */
export function hideKeysInEvent<E extends RunEvent>(event: E, redactor: Redactor): E {
  const isPiece = event.type === 'turn.delta' || event.type === 'turn.thinking';
  return isPiece ? event : redactor.hideKeysIn(event);
}

/**
 * Takes keys out of the texts of one conversation that come in pieces, though a key may be spread over
 * several. Other steps pass as they are.
 */
export function hideKeysInPieces(redactor: Redactor): (step: ConversationStep) => ConversationStep {
  let text = redactor.stream();
  let thinking = redactor.stream();
  let isStreaming = false;
  return (step) => {
    switch (step.type) {
      case 'turn.started':
        isStreaming = true;
        // The end of the last turn's text was no beginning of a key after all.
        text = redactor.stream();
        thinking = redactor.stream();
        return step;
      case 'turn.delta':
        return withText(step, text(step.text));
      case 'turn.thinking':
        return withText(step, thinking(step.text));
      case 'turn.discarded':
      case 'turn.finished':
        isStreaming = false;
        return step;
      case 'conversation.finished':
        // What was held back is not told in the end either.
        return isStreaming || step.answerIs === 'broken_off'
          ? { ...step, answer: redactor.withoutCutKey(step.answer) }
          : step;
      default:
        return step;
    }
  };
}

function withText<S extends { readonly text: string }>(step: S, text: string): S {
  return text === step.text ? step : { ...step, text };
}
