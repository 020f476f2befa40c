import type { HtmlPage } from '../fetch/htmlMarkdown.ts';
import type { SearchLimits } from '../toolLimits.ts';
import type { WorkspaceScope } from '../workspace/pathCheck.ts';
import type { SearchFindings, SearchQuery } from '../workspace/workspace.ts';

/** One search, complete: a worker keeps nothing between pieces of work. */
export interface SearchRequest {
  readonly scope: WorkspaceScope;
  readonly query: SearchQuery;
  readonly limits: SearchLimits;
  /** Milliseconds after which the search ends by itself with what it has found. */
  readonly softLimitMs: number;
  /** Files of the conversation's overlay, as in `SearchOptions`. */
  readonly proposed?: readonly (readonly [path: string, text: string | null])[];
}

/** A call of a CPU-bound tool whose input has been checked. */
export interface ToolRequest {
  readonly name: string;
  readonly input: unknown;
}

/** What worker threads do. Inputs and results are plain data. */
export interface WorkKinds {
  readonly search: { readonly input: SearchRequest; readonly result: SearchFindings };
  /** Markdown for a page. */
  readonly html: { readonly input: HtmlPage; readonly result: string };
  readonly tool: { readonly input: ToolRequest; readonly result: string };
}

export type WorkKind = keyof WorkKinds;

/** A piece of work of one kind, or of any. */
export type Work<K extends WorkKind = WorkKind> = {
  readonly [Kind in K]: { readonly kind: Kind; readonly input: WorkKinds[Kind]['input'] };
}[K];

export type ToWorker = { readonly id: number } & Work;

export type FromWorker =
  /** The worker has loaded its code. */
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly id: number; readonly result: WorkKinds[WorkKind]['result'] }
  /** `forModel`: the message was written for the model. */
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly message: string;
      readonly forModel: boolean;
    };
