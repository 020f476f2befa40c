import * as vscode from 'vscode';
import { DisposableStore } from '../host/disposables.ts';
import type { HostRun, ListedRun, RunService } from '../host/runService.ts';
import { isListing } from '../host/runService.ts';
import type { ConversationPhase, ConversationState } from '../shared/conversationState.ts';
import { parsePromptId } from '../shared/promptId.ts';

/** A prompt's last conversation. */
export interface PromptOutcome {
  readonly runId: string;
  /** Index of the conversation. */
  readonly index: number;
  /** Of several conversations, such as those of rows, that which needs most attention. */
  readonly phase: ConversationPhase;
  /** How many conversations are in each phase; absent where there is only one. */
  readonly phases?: ReadonlyMap<ConversationPhase, number>;
  /** The run and conversation; absent until the run is opened. */
  readonly whole?: { readonly run: HostRun; readonly conversation: ConversationState };
}

type Runs = Pick<RunService, 'listed' | 'onDidChangeRuns' | 'onDidChangeListings'>;

/** Finds the last outcome of a prompt in the window's runs and in the saved ones. */
export class PromptOutcomes implements vscode.Disposable {
  readonly #runs: Runs;
  readonly #indices = new WeakMap<ListedRun, ReadonlyMap<string, readonly number[]>>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #disposables = new DisposableStore();
  #known: readonly ListedRun[] = [];

  /** The set of runs that know outcomes changed. Events of loaded runs are not reported here. */
  readonly onDidChange = this.#changed.event;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#disposables.add(this.#changed);
    this.#disposables.add(runs.onDidChangeRuns(() => this.#changed.fire()));
    this.#disposables.add(runs.onDidChangeListings(() => this.#followListings()));
  }

  /** The newest conversation of a prompt; undefined when the prompt has never run. */
  latest(uri: string, promptId: string): PromptOutcome | undefined {
    const key = keyOf(uri, promptId);
    for (const run of this.#runs.listed) {
      const indices = this.#indexOf(run).get(key) ?? [];
      const outcome = summary(indices.flatMap((index) => outcomeAt(run, index) ?? []));
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** A run of another window changes its counts often, but not which prompts it has. */
  #followListings(): void {
    const known = this.#runs.listed.filter((run) => this.#indexOf(run).size > 0);
    const isSame =
      known.length === this.#known.length && known.every((run, at) => run === this.#known[at]);
    this.#known = known;
    if (!isSame) this.#changed.fire();
  }

  /** Built once per run: the conversations of a run never change. */
  #indexOf(run: ListedRun): ReadonlyMap<string, readonly number[]> {
    const known = this.#indices.get(run);
    if (known !== undefined) return known;
    const index = isListing(run)
      ? (run.prompts ?? []).map(({ uri, id }, at) => [keyOf(uri, id), at] as const)
      : run.state.conversations.flatMap(({ source, id }, at) =>
          source === undefined ? [] : [[keyOf(source.uri, id), at] as const],
        );
    const groups = Map.groupBy(index, ([key]) => key);
    const map = new Map([...groups].map(([key, places]) => [key, places.map(([, at]) => at)]));
    this.#indices.set(run, map);
    return map;
  }
}

/** Most urgent first. */
const urgency: readonly ConversationPhase[] = [
  ...(['running', 'waiting', 'queued'] as const),
  ...(['failed', 'stopped', 'cancelled', 'done'] as const),
];

/** The outcome that needs most attention, with the number of those in each phase. */
function summary(outcomes: readonly PromptOutcome[]): PromptOutcome | undefined {
  const byPhase = Map.groupBy(outcomes, ({ phase }) => phase);
  const phase = urgency.find((each) => byPhase.has(each)) ?? outcomes[0]?.phase;
  const [first] = phase === undefined ? [] : (byPhase.get(phase) ?? []);
  if (first === undefined || outcomes.length === 1) return first;
  const phases = new Map([...byPhase].map(([each, { length }]) => [each, length]));
  return { ...first, phases };
}

/** `at` is a place in the listing's prompts or in the run's conversations. */
function outcomeAt(run: ListedRun, at: number): PromptOutcome | undefined {
  if (isListing(run)) {
    const prompt = run.prompts?.[at];
    return prompt && { runId: run.id, index: prompt.index, phase: prompt.phase };
  }
  const conversation = run.state.conversations[at];
  if (conversation === undefined) return undefined;
  const { index, phase } = conversation;
  return { runId: run.id, index, phase, whole: { run, conversation } };
}

/** Uses the file's URI, since its name in prompt ids changes when a workspace folder is added. */
function keyOf(uri: string, promptId: string): string {
  return `${uri}\n${parsePromptId(promptId).slug}`;
}
