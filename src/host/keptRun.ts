import type { ArchivedRun } from '../core/journal/runs/archivedRun.ts';
import type { RunListing } from '../core/journal/runs/runArchive.ts';
import type { RunResult } from '../shared/runResult.ts';
import { toRunResult } from '../shared/runResult.ts';
import type { RunState } from '../shared/runState.ts';
import type { HostRun } from './runService.ts';

/** A kept run that was opened, to be looked at; `RunHistory.live` makes one of it that can go on. */
export class KeptRun implements HostRun {
  readonly id: string;
  readonly state: RunState;
  readonly isReadOnly: boolean;
  /** Whether it could go on in this window when it was opened. */
  readonly canGoOn: boolean;
  readonly listing: RunListing | undefined;

  constructor({ state, isForeign }: ArchivedRun, canGoOn: boolean, listing?: RunListing) {
    this.id = state.started.id;
    this.state = state;
    this.isReadOnly = isForeign;
    this.canGoOn = canGoOn;
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

  // Nothing is going on here that could be changed.
  cancel(): void {}
  cancelConversation(): void {}
  rerun(): void {}
  continue(): void {}
  resume(): void {}
  resumeInterrupted(): void {}
}
