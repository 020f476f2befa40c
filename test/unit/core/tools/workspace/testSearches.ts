import type { ToolWorkersOptions } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import { ToolWorkers } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import { SearchWorkers } from '../../../../../src/core/tools/workspace/search/searchWorkers.ts';

export interface TestSearchesOptions extends ToolWorkersOptions {
  readonly deadlineMs: number;
}

/** Searches in threads of their own. */
export class TestSearches extends SearchWorkers {
  readonly #threads: ToolWorkers;

  constructor({ deadlineMs, ...options }: TestSearchesOptions) {
    const workers = new ToolWorkers(options);
    super(workers, deadlineMs);
    this.#threads = workers;
  }

  dispose(): void {
    this.#threads.dispose();
  }
}
