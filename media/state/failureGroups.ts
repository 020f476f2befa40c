import type { ConversationState } from '../../src/shared/conversationState.ts';
import type { ErrorKind } from '../../src/shared/outcome.ts';

/** Failed conversations with the same kind of error, by index. */
export interface FailureGroup {
  readonly kind: ErrorKind;
  readonly conversations: readonly number[];
  /** The different messages, in prompt order. */
  readonly messages: readonly string[];
}

/** The failures of a run by kind. The most frequent kind comes first, equal ones in prompt order. */
export function groupFailures(
  conversations: readonly ConversationState[],
): readonly FailureGroup[] {
  const groups = new Map<ErrorKind, { indices: number[]; messages: Set<string> }>();
  for (const { phase, error, index } of conversations) {
    if (phase !== 'failed') continue;
    const kind = error?.kind ?? 'internal';
    const group = groups.get(kind) ?? { indices: [], messages: new Set<string>() };
    group.indices.push(index);
    if (error !== undefined) group.messages.add(error.message);
    groups.set(kind, group);
  }
  return [...groups]
    .map(([kind, { indices, messages }]) => ({
      kind,
      conversations: indices,
      messages: [...messages],
    }))
    .sort((a, b) => b.conversations.length - a.conversations.length);
}

/** The next failed conversation after `after`; after the last one, the first. */
export function nextFailed(
  conversations: readonly ConversationState[],
  after: number,
): number | undefined {
  const failed = conversations.filter(({ phase }) => phase === 'failed').map(({ index }) => index);
  return failed.find((index) => index > after) ?? failed[0];
}
