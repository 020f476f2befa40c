import type { Message } from '../../providers/message.ts';

/**
 * The messages of a request: of the agent that has the conversation now, from where it took over. Its history
 * begins with what it was given, so nothing of another provider or model is ever sent to it.
 */
export function sentMessages(history: readonly Message[]): readonly Message[] {
  const at = history.findLastIndex(
    (message) => message.role === 'tool' && message.handOver !== undefined,
  );
  const message = history[at];
  if (message?.role !== 'tool' || message.handOver === undefined) return history;
  return [{ role: 'user', text: message.handOver.task }, ...history.slice(at + 1)];
}
