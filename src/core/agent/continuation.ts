import type { AssistantMessage, Message, ToolCall, ToolOutcome } from '../providers/message.ts';

/** Asks the model to continue an answer that was truncated. */
const continueNote =
  'Your answer was cut off here. Go on exactly where it stopped, without repeating anything.';

/** Asks the model for its answer after an empty turn that followed tool results. */
export const answerNow = 'Give your answer now, from what the tools gave above.';

/** The outcome of a tool call when no turns are left. */
export function notRunAtLimit({ callId, name }: ToolCall): ToolOutcome {
  const content =
    'Not run: this conversation may have no more turns. Give your answer now, from what you have.';
  return { callId, name, content, isError: true };
}

/** The result of a tool call in a truncated answer, whose arguments may be incomplete. */
const notRun =
  'Not run: the answer that asked for it was cut off. Ask for it again if you still need it.';

/**
 * The messages to add so that the model can continue a truncated answer: for each tool call a result that it was not
 * run, or without tool calls a request to continue the text.
 */
export function messagesToContinue(history: readonly Message[]): readonly Message[] {
  const last = history.at(-1);
  if (last?.role !== 'assistant') return [];
  if (last.toolCalls.length === 0) return [{ role: 'user', text: continueNote }];
  const outcomes = last.toolCalls.map(
    ({ callId, name }): ToolOutcome => ({ callId, name, content: notRun, isError: true }),
  );
  return [{ role: 'tool', outcomes }];
}

/** Tells the model that the limit on turns was raised after it had been asked for its answer. */
const moreTurnsNote =
  'You may take more turns now. Go on with the task, and ask again for tools that were not run if you still need them.';

/** The messages that let the model continue after the limit on turns was raised. */
export function messagesAfterTurnLimit(history: readonly Message[]): readonly Message[] {
  const last = history.at(-1);
  if (last?.role !== 'assistant') return [];
  if (last.toolCalls.length === 0) return [{ role: 'user', text: moreTurnsNote }];
  const outcomes = last.toolCalls.map(
    ({ callId, name }): ToolOutcome => ({ callId, name, content: moreTurnsNote, isError: true }),
  );
  return [{ role: 'tool', outcomes }];
}

/** How many tool calls have an outcome in the history. */
export function countCalls(history: readonly Message[]): number {
  return history.reduce(
    (sum, message) => sum + (message.role === 'tool' ? message.outcomes.length : 0),
    0,
  );
}

/** How often the model was asked to continue a truncated answer. */
export function timesContinued(history: readonly Message[]): number {
  return history.filter((message) => {
    if (message.role === 'user') return message.text === continueNote;
    return message.role === 'tool' && message.outcomes.some(({ content }) => content === notRun);
  }).length;
}

/** The model's last text; empty when it has said nothing. */
export function lastText(history: readonly Message[]): string {
  const spoken = lastSpoken(history);
  return spoken === undefined ? '' : (spoken.answer ?? spoken.text);
}

/** Whether the model's last text is no answer, because it came with tool calls. */
export function isLastTextInterim(history: readonly Message[]): boolean {
  return (lastSpoken(history)?.toolCalls.length ?? 0) > 0;
}

function lastSpoken(history: readonly Message[]): AssistantMessage | undefined {
  const spoken = history.findLast(
    (message) => message.role === 'assistant' && message.text.trim() !== '',
  );
  return spoken?.role === 'assistant' ? spoken : undefined;
}

/** The text that the next answer continues; empty unless the history ends with a request to continue. */
export function textToContinue(history: readonly Message[]): string {
  let text = '';
  for (let end = history.length; end >= 2; end -= 2) {
    const note = history[end - 1];
    const answer = history[end - 2];
    if (note?.role !== 'user' || note.text !== continueNote || answer?.role !== 'assistant') break;
    text = answer.text + text;
  }
  return text;
}
