import type { ProposalConflict } from './combineProposals.ts';

/** A conflict in one sentence: the file, whose proposal it is, why, and who was first. */
export function conflictText(
  { path, conversation, reason, against }: ProposalConflict,
  conversations: readonly { readonly name: string }[],
): string {
  const nameOf = (index: number): string => `"${conversations[index]?.name ?? index + 1}"`;
  const by =
    against.length === 0 ? 'on disk' : `by ${[...new Set(against)].map(nameOf).join(', ')}`;
  return `${path}, proposed by ${nameOf(conversation)}: ${reason} (${by}).`;
}
