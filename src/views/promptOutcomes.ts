import type { HostRun, RunService } from '../host/runService.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { parsePromptId } from '../shared/promptId.ts';

/** A prompt's last conversation. */
export interface PromptOutcome {
  readonly run: HostRun;
  readonly conversation: ConversationState;
}

/** Looks up the last outcome of a prompt in this window's runs. Stores nothing but an index. */
export class PromptOutcomes {
  readonly #runs: Pick<RunService, 'runs'>;
  readonly #indices = new WeakMap<HostRun, ReadonlyMap<string, number>>();

  constructor(runs: Pick<RunService, 'runs'>) {
    this.#runs = runs;
  }

  /** The newest conversation of a prompt; undefined when the prompt has never run. */
  latest(uri: string, promptId: string): PromptOutcome | undefined {
    const key = keyOf(uri, promptId);
    for (const run of this.#runs.runs) {
      const index = this.#indexOf(run).get(key);
      const conversation = index === undefined ? undefined : run.state.conversations[index];
      if (conversation !== undefined) return { run, conversation };
    }
    return undefined;
  }

  /** Built once per run: the conversations of a run never change. */
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

/** Uses the file's URI, since its name in prompt ids changes when a workspace folder is added. */
function keyOf(uri: string, promptId: string): string {
  return `${uri}\n${parsePromptId(promptId).slug}`;
}
