import type { Message } from '../providers/message.ts';

/** What the model is told of a call that the user would have to allow, where nobody is there to ask. */
export const nobodyToAsk =
  'Not allowed: no rule allows this call, and nobody is there to ask. Go on without it, and say in your answer what you could not do.';

/** Tells the model that calls may be allowed now. */
const askAgainNote =
  'Calls that were not allowed before may be allowed now. Make those that you still need once more, and then give your answer.';

/** Whether calls were denied because nobody was there to ask, and the model was not told to make them again. */
export function hasUnattendedDenials(history: readonly Message[]): boolean {
  return lastDenied(history) > lastNote(history);
}

/** The messages to add before the model can make calls again that needed approval. */
export function messagesToAskAgain(history: readonly Message[]): readonly Message[] {
  const last = history.at(-1);
  // Calls without results are made anyway.
  const isOpen = last?.role === 'assistant' && last.toolCalls.length > 0;
  return isOpen ? [] : [{ role: 'user', text: askAgainNote }];
}

function lastDenied(history: readonly Message[]): number {
  return history.findLastIndex(
    (message) =>
      message.role === 'tool' &&
      message.outcomes.some(({ content, isError }) => isError && content.startsWith(nobodyToAsk)),
  );
}

function lastNote(history: readonly Message[]): number {
  return history.findLastIndex(
    (message) => message.role === 'user' && message.text === askAgainNote,
  );
}
