import type { Run } from '../core/runner/run.ts';
import { hasEnded } from '../shared/conversationState.ts';
import { toConversationResult } from '../shared/runResult.ts';
import { toLine } from './outputs.ts';
import type { Terminal } from './terminal.ts';

/**
 * Writes one line of JSON for each conversation to standard output, in prompt order. A line is written as
 * soon as its conversation and all before it have ended. The returned function writes the remaining lines.
 */
export function streamLines(run: Run, terminal: Terminal): () => void {
  let next = 0;
  const write = (isOver: boolean): void => {
    const { conversations, atMs } = run.state;
    for (; next < conversations.length; next++) {
      const conversation = conversations[next];
      if (conversation === undefined || !(isOver || hasEnded(conversation))) return;
      terminal.out(toLine(toConversationResult(conversation, atMs)));
    }
  };
  const subscription = run.onEvent((event) => {
    if (event.type === 'conversation.finished') write(false);
  });
  return () => {
    subscription.dispose();
    write(true);
  };
}
