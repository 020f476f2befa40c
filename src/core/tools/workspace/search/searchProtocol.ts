import type { SearchLimits } from '../../toolLimits.ts';
import type { SearchFindings, SearchQuery } from '../workspace.ts';
import type { WorkspaceScope } from '../workspaceGate.ts';

/** One search with everything it needs, because the worker keeps nothing between searches. */
export interface SearchRequest {
  readonly scope: WorkspaceScope;
  readonly query: SearchQuery;
  readonly limits: SearchLimits;
  /** Milliseconds after which the search ends by itself with what it has found. */
  readonly softLimitMs: number;
}

/** A message to the search worker. */
export type ToSearchWorker = { readonly id: number } & SearchRequest;

/** A message from the search worker. */
export type FromSearchWorker =
  /** The worker has loaded its code. */
  | { readonly type: 'ready' }
  | { readonly type: 'found'; readonly id: number; readonly findings: SearchFindings }
  /** `forModel`: whether the message is meant for the model. */
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly message: string;
      readonly forModel: boolean;
    };
