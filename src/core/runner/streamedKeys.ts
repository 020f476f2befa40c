import type { ConversationStep, RunEvent } from '../../shared/conversationEvents.ts';
import type { Redactor } from '../base/redact.ts';

/** Removes keys from an event. Text deltas were cleaned before, and are too many to check twice. */
export function hideKeysInEvent<E extends RunEvent>(event: E, redactor: Redactor): E {
  const isPiece = event.type === 'turn.delta' || event.type === 'turn.thinking';
  return isPiece ? event : redactor.hideKeysIn(event);
}

/**
 * Removes keys from the text deltas of one conversation. A key may be spread over several deltas. Other steps pass
 * unchanged.
 */
export function hideKeysInPieces(redactor: Redactor): (step: ConversationStep) => ConversationStep {
  // Nested conversations stream at the same time.
  const streams = new Map<string, (step: ConversationStep) => ConversationStep>();
  const own = hideKeysInStream(redactor);
  return (step) => {
    if (step.within === undefined) return own(step);
    const key = step.within.join('/');
    const stream = streams.get(key) ?? hideKeysInStream(redactor);
    if (step.type === 'conversation.finished') streams.delete(key);
    else streams.set(key, stream);
    return stream(step);
  };
}

function hideKeysInStream(redactor: Redactor): (step: ConversationStep) => ConversationStep {
  let text = redactor.stream();
  let thinking = redactor.stream();
  let isStreaming = false;
  return (step) => {
    switch (step.type) {
      case 'turn.started':
        isStreaming = true;
        // The end of the last text was not the beginning of a key after all.
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
        // A discarded turn takes its held-back text with it.
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
