import type { ConversationState } from '../../src/shared/conversationState.ts';
import { callsForUser } from '../../src/shared/question.ts';

/** A tool of which calls wait for a decision. */
export interface AskedTool {
  readonly name: string;
  readonly calls: number;
  /** The first conversation that asks for it, by index. */
  readonly conversation: number;
}

/** The tools of which calls wait for a decision, in the order of their first conversations. */
export function groupUndecided(conversations: readonly ConversationState[]): readonly AskedTool[] {
  const tools = new Map<string, AskedTool>();
  for (const conversation of conversations) {
    for (const { name } of callsForUser(conversation)) {
      const known = tools.get(name) ?? { name, calls: 0, conversation: conversation.index };
      tools.set(name, { ...known, calls: known.calls + 1 });
    }
  }
  return [...tools.values()];
}
