import type { ToolWorkers } from '../../workers/toolWorkers.ts';
import type { SearchRequest } from '../../workers/workerProtocol.ts';
import type { SearchFindings, SearchOptions } from '../workspace.ts';

/** Runs searches in the worker threads of the tools. */
export class SearchWorkers {
  readonly #workers: Pick<ToolWorkers, 'run'>;
  /** Deadline of one search in ms, without time in the queue. */
  readonly deadlineMs: number;

  constructor(workers: Pick<ToolWorkers, 'run'>, deadlineMs: number) {
    this.#workers = workers;
    this.deadlineMs = deadlineMs;
  }

  /**
   * Rejects with a `ToolError` when the query is invalid or the search took too long, and with the signal's reason
   * as soon as it is aborted.
   */
  search(request: SearchRequest, { signal, onBegin }: SearchOptions): Promise<SearchFindings> {
    const { deadlineMs } = this;
    return this.#workers.run(
      { kind: 'search', input: request },
      { signal, deadlineMs, ...(onBegin === undefined ? {} : { onBegin }) },
    );
  }
}
