import type { SearchLimits } from '../../toolLimits.ts';
import type { SearchFindings, SearchQuery } from '../workspace.ts';
import type { WorkspaceScope } from '../workspaceGate.ts';

/** One search, complete: the worker keeps nothing between searches. */
export interface SearchRequest {
  readonly scope: WorkspaceScope;
  readonly query: SearchQuery;
  readonly limits: SearchLimits;
  /** Milliseconds after which the search ends by itself with what it has found. */
  readonly softLimitMs: number;
  /** Files of the conversation's overlay, as in `SearchOptions`. */
  readonly proposed?: readonly (readonly [path: string, text: string | null])[];
}

export type ToSearchWorker = { readonly id: number } & SearchRequest;

export type FromSearchWorker =
  /** The worker has loaded its code. */
  | { readonly type: 'ready' }
  | { readonly type: 'found'; readonly id: number; readonly findings: SearchFindings }
  /** `forModel`: the message was written for the model. */
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly message: string;
      readonly forModel: boolean;
    };
