/** What a proposal does to a file. */
export const proposalKinds = ['create', 'change', 'rename', 'delete'] as const;
export type ProposalKind = (typeof proposalKinds)[number];

/** One file that a conversation would create, change, rename or delete, without its content. */
export interface ProposedFile {
  /** Workspace path; of a rename the new one. */
  readonly path: string;
  readonly kind: ProposalKind;
  /** Of a rename: the old path. */
  readonly from?: string;
  /** Lines. */
  readonly added: number;
  readonly removed: number;
}

/** What one tool call did to the proposals of its conversation: a proposal is there now, or no longer. */
export type ProposalStep = ProposedFile | { readonly path: string; readonly kind: 'none' };

/** The proposals after a tool call, sorted by path. */
export function withProposalSteps(
  files: readonly ProposedFile[],
  steps: readonly ProposalStep[],
): readonly ProposedFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const step of steps) {
    if (step.kind === 'none') byPath.delete(step.path);
    else byPath.set(step.path, step);
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** How many different files the proposals touch, and how many conversations have some. */
export function countProposals(
  conversations: readonly { readonly proposals?: readonly ProposedFile[] }[],
): { readonly files: number; readonly conversations: number } {
  const paths = new Set<string>();
  let count = 0;
  for (const { proposals = [] } of conversations) {
    if (proposals.length > 0) count += 1;
    for (const { path } of proposals) paths.add(path);
  }
  return { files: paths.size, conversations: count };
}
