import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunListing } from '../core/journal/runs/runArchive.ts';
import type { ConversationProposals } from '../core/proposals/fileProposal.ts';
import type { RunResult } from '../shared/runResult.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { HostRun } from './runService.ts';

/** A saved run that was opened for display. `RunHistory.restore` makes one that can continue. */
export class SavedRun implements HostRun {
  readonly id: string;
  readonly state: RunState;
  readonly isReadOnly: boolean;
  readonly isSaved = true;
  /** Whether it could continue in this window when it was opened. */
  readonly canResume: boolean;
  readonly listing: RunListing | undefined;

  readonly #archived: Pick<ArchivedRun, 'proposals'>;

  constructor(archived: ArchivedRun, canResume: boolean, listing?: RunListing) {
    const { state, isForeign } = archived;
    this.#archived = archived;
    this.id = state.started.id;
    this.state = state;
    this.isReadOnly = isForeign;
    this.canResume = canResume;
    this.listing = listing;
  }

  nowMs(): number {
    return this.state.atMs;
  }

  ended(): Promise<RunResult> {
    return Promise.resolve(this.result());
  }

  result(): RunResult {
    return toRunResult(this.state);
  }

  proposals(): readonly ConversationProposals[] {
    return this.#archived.proposals();
  }

  // A run that is only displayed has nothing to change.
  cancel(): void {}
  cancelConversation(): void {}
  rerun(): void {}
  continue(): void {}
  resume(): void {}
  resumeInterrupted(): void {}
}
