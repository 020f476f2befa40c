import type { HostRun, RunService } from '../host/runService.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { parsePromptId } from '../shared/promptId.ts';

/** The last conversation that a prompt started. */
export interface PromptOutcome {
  readonly run: HostRun;
  readonly conversation: ConversationState;
}

/** Says how a prompt fared in this window's runs. Nothing is stored that the runs do not know. */
export class PromptOutcomes {
  readonly #runs: Pick<RunService, 'runs'>;
  readonly #indices = new WeakMap<HostRun, ReadonlyMap<string, number>>();

  constructor(runs: Pick<RunService, 'runs'>) {
    this.#runs = runs;
  }

  /** The newest conversation of a prompt of a file, or undefined when it was never run. */
  latest(uri: string, promptId: string): PromptOutcome | undefined {
    const key = keyOf(uri, promptId);
    for (const run of this.#runs.runs) {
      const index = this.#indexOf(run).get(key);
      const conversation = index === undefined ? undefined : run.state.conversations[index];
      if (conversation !== undefined) return { run, conversation };
    }
    return undefined;
  }

  /** Made once a run: which conversations a run has never changes. */
  #indexOf(run: HostRun): ReadonlyMap<string, number> {
    const known = this.#indices.get(run);
    if (known !== undefined) return known;
    const index = new Map<string, number>();
    for (const { source, id, index: position } of run.state.conversations) {
      if (source !== undefined) index.set(keyOf(source.uri, id), position);
    }
    this.#indices.set(run, index);
    return index;
  }
}

/** The address tells the file: its name in ids changes when a workspace folder is added. */
function keyOf(uri: string, promptId: string): string {
  return `${uri}\n${parsePromptId(promptId).slug}`;
}
