import type { ConversationProposals } from '../../core/proposals/fileProposal.ts';
import { hasEnded } from '../../shared/conversationState.ts';
import { HostError } from '../hostError.ts';
import type { HostRun } from '../runService.ts';

/** Which proposals of a run are meant: those of all conversations, of one, or of one for one file. */
export interface ProposalSelection {
  readonly conversation?: number;
  /** Workspace path; of a rename the new one. */
  readonly path?: string;
}

/** The proposals that were chosen. */
export interface SelectedProposals {
  /** In prompt order. */
  readonly proposals: readonly ConversationProposals[];
  /** How many conversations propose something and were left out, because they have not finished. */
  readonly leftOut: number;
}

/**
 * Chooses proposals of a run. Of all conversations, only those that are done count, because the others may be in
 * the middle of a change. What ended early can be chosen by itself. Throws a `UserError` when there is nothing.
 */
export function selectProposals(
  run: Pick<HostRun, 'proposals' | 'state'>,
  { conversation, path }: ProposalSelection,
  purpose: 'review' | 'apply',
): SelectedProposals {
  const all = run.proposals();
  const { conversations } = run.state;
  if (conversation === undefined) {
    const proposals = all.filter((of) => conversations[of.conversation]?.phase === 'done');
    const leftOut = all.length - proposals.length;
    if (proposals.length > 0) return { proposals, leftOut };
    throw new HostError(leftOut > 0 ? noneFinished : nothingProposed);
  }
  const state = conversations[conversation];
  if (purpose === 'apply' && state !== undefined && !hasEnded(state)) {
    throw new HostError(stillRuns);
  }
  const proposals = all
    .filter((of) => of.conversation === conversation)
    .map((of) => ({ ...of, files: filesAt(of, path) }))
    .filter(({ files }) => files.length > 0);
  if (proposals.length === 0) throw new HostError(nothingProposed);
  return { proposals, leftOut: 0 };
}

function filesAt({ files }: ConversationProposals, path: string | undefined) {
  return path === undefined ? files : files.filter((file) => file.path === path);
}

const nothingProposed = 'No changes are proposed here.';
const noneFinished =
  'No conversation with changes has finished. Apply the changes of one conversation by itself, or wait.';
const stillRuns =
  'This conversation has not ended. Its changes can be applied when it has ended or was cancelled.';
