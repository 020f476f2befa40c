import type { AssistantMessage, Message, ToolCall, ToolOutcome } from '../providers/message.ts';

/** What asks a model to go on with an answer that was cut off. */
const goOnNote =
  'Your answer was cut off here. Go on exactly where it stopped, without repeating anything.';

/** What asks a model for its answer when it has said nothing after the results of its tools. */
export const answerNow = 'Give your answer now, from what the tools gave above.';

/** What a tool call comes to when no more turns may follow. */
export function notRunAtLimit({ callId, name }: ToolCall): ToolOutcome {
  const content =
    'Not run: this conversation may have no more turns. Give your answer now, from what you have.';
  return { callId, name, content, isError: true };
}

/** What a tool call of an answer that was cut off comes to; its arguments may not be whole. */
const notRun =
  'Not run: the answer that asked for it was cut off. Ask for it again if you still need it.';

/**
 * The messages that a conversation whose answer was cut off needs before the model can be asked to go on:
 * a result for every tool call, for none of them was run, or else a request to go on with the text.
 */
export function messagesToGoOn(history: readonly Message[]): readonly Message[] {
  const last = history.at(-1);
  if (last?.role !== 'assistant') return [];
  if (last.toolCalls.length === 0) return [{ role: 'user', text: goOnNote }];
  const outcomes = last.toolCalls.map(
    ({ callId, name }): ToolOutcome => ({ callId, name, content: notRun, isError: true }),
  );
  return [{ role: 'tool', outcomes }];
}

/** How many times a model was asked to go on with an answer that was cut off. */
export function timesGoneOn(history: readonly Message[]): number {
  return history.filter((message) => {
    if (message.role === 'user') return message.text === goOnNote;
    return message.role === 'tool' && message.outcomes.some(({ content }) => content === notRun);
  }).length;
}

/** What the model said last; empty when it has said nothing. */
export function lastText(history: readonly Message[]): string {
  const spoken = lastSpoken(history);
  return spoken === undefined ? '' : (spoken.answer ?? spoken.text);
}

/** Whether what the model said last was said on the way to an answer: it asked for tools with it. */
export function isLastTextInterim(history: readonly Message[]): boolean {
  return (lastSpoken(history)?.toolCalls.length ?? 0) > 0;
}

function lastSpoken(history: readonly Message[]): AssistantMessage | undefined {
  const spoken = history.findLast(
    (message) => message.role === 'assistant' && message.text.trim() !== '',
  );
  return spoken?.role === 'assistant' ? spoken : undefined;
}

/** The text that the next answer is a continuation of; empty for a history that does not end in such a request. */
export function textToGoOnFrom(history: readonly Message[]): string {
  let text = '';
  for (let end = history.length; end >= 2; end -= 2) {
    const note = history[end - 1];
    const answer = history[end - 2];
    if (note?.role !== 'user' || note.text !== goOnNote || answer?.role !== 'assistant') break;
    text = answer.text + text;
  }
  return text;
}
