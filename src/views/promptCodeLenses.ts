import * as vscode from 'vscode';
import type { Configuration } from '../host/configuration.ts';
import { commands } from '../host/contributionIds.ts';
import { DisposableStore } from '../host/disposables.ts';
import type { Prompt, PromptLibrary } from '../host/promptLibrary.ts';
import { isPromptDocument } from '../host/promptLibrary.ts';
import type { RunService } from '../host/runService.ts';
import { promptFileGlob } from '../shared/promptFileName.ts';
import { changesPhase, isActive } from './phaseChanges.ts';
import { phaseGlyph } from './phaseIcons.ts';
import type { PromptOutcomes } from './promptOutcomes.ts';
import { Throttle } from './throttle.ts';

const intervalMs = 500;
/**
 * An editor that loses focus drops its pending refresh, so another refresh follows after this time.
 */
const settleMs = 1500;
/** Separates icon and word: VS Code drops a normal space there. */
const gap = '\u00a0';

/** What `PromptCodeLenses` needs. */
export interface PromptCodeLensesOptions {
  readonly library: PromptLibrary;
  readonly runs: RunService;
  readonly outcomes: PromptOutcomes;
  readonly configuration: Configuration;
}

/** Code lenses above each prompt of a file: run it, and show its last outcome. */
export class PromptCodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #options: PromptCodeLensesOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #throttle = new Throttle(intervalMs, () => this.#changed.fire());
  #settle: NodeJS.Timeout | undefined;
  readonly #disposables = new DisposableStore();

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(options: PromptCodeLensesOptions) {
    const { runs, outcomes, configuration } = options;
    this.#options = options;
    this.#disposables.add(this.#changed);
    this.#disposables.add(this.#throttle);
    this.#disposables.add(configuration.onDidChange(() => this.#throttle.request()));
    this.#disposables.add(
      outcomes.onDidChange(() => {
        this.#throttle.request();
        clearTimeout(this.#settle);
        this.#settle = setTimeout(() => this.#changed.fire(), settleMs);
      }),
    );
    this.#disposables.add(
      runs.onDidEmit(({ event }) => {
        if (changesPhase(event)) this.#throttle.request();
      }),
    );
    this.#disposables.add(
      vscode.languages.registerCodeLensProvider({ pattern: promptFileGlob }, this),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const { library, configuration } = this.#options;
    if (!configuration.codeLens() || !isPromptDocument(document.uri)) return [];
    const { prompts } = await library.parse(document.uri);
    const runnable = prompts.filter(({ skip }) => !skip).length;
    return [
      ...(runnable > 1 ? [runAll(document.uri, runnable)] : []),
      ...prompts.flatMap((prompt) => this.#lenses(document.uri, prompt)),
    ];
  }

  dispose(): void {
    clearTimeout(this.#settle);
    this.#disposables.dispose();
  }

  #lenses(uri: vscode.Uri, prompt: Prompt): readonly vscode.CodeLens[] {
    const target = { uri, promptId: prompt.id };
    const run = lens(prompt.range.line, `$(play)${gap}Run`, commands.runItem, target, headingTip);
    const outcome = this.#options.outcomes.latest(uri.toString(), prompt.id);
    if (outcome === undefined) return [run];
    const { runId, index, phase } = outcome;
    const ending = outcome.whole?.conversation.reason === 'interrupted' ? 'interrupted' : phase;
    const counts = [...(outcome.phases ?? [])].map(([each, count]) => `${count} ${each}`);
    const words = counts.length > 0 ? counts.join(', ') : ending;
    const state = isActive(phase) ? capitalized(words) : `Last: ${words}`;
    const title = `${phaseGlyph(phase)}${gap}${state}`;
    const results = { runId, conversation: index };
    const shown = lens(prompt.range.line, title, commands.openResults, results);
    if (outcome.phases === undefined || isActive(phase)) return [run, shown];
    const runChanged = `$(run-all)${gap}Run New and Changed`;
    return [run, lens(prompt.range.line, runChanged, commands.runChanged, target), shown];
  }
}

function runAll(uri: vscode.Uri, count: number): vscode.CodeLens {
  return lens(0, `$(run-all)${gap}Run All ${count}`, commands.runFile, uri);
}

const headingTip =
  'Runs the text below the heading. The heading is the name of the prompt; it is not sent.';

function lens(
  line: number,
  title: string,
  command: string,
  argument: unknown,
  tooltip?: string,
): vscode.CodeLens {
  const range = new vscode.Range(line, 0, line, 0);
  const tip = tooltip === undefined ? {} : { tooltip };
  return new vscode.CodeLens(range, { title, command, arguments: [argument], ...tip });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
