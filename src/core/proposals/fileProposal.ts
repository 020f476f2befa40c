import type { ProposalKind } from '../../shared/proposals.ts';

/** A file that a conversation would create, change, rename or delete. Texts are exact, with BOM and line ends. */
export interface FileProposal {
  readonly kind: ProposalKind;
  /** Workspace path; of a rename the new one. */
  readonly path: string;
  /** Of a rename: the old path. */
  readonly from?: string;
  /** The file as the conversation read it, of a rename the one at `from`; null if there was none. */
  readonly base: string | null;
  /** The proposed content; null for a delete. */
  readonly text: string | null;
}

/** What one conversation proposes. */
export interface ConversationProposals {
  /** Its index, which is the prompt order. */
  readonly conversation: number;
  readonly id: string;
  readonly name: string;
  readonly files: readonly FileProposal[];
}
