import * as vscode from 'vscode';
import type { LimitValues, NumberRange } from '../core/base/limits.ts';
import { readWithin } from '../core/base/limitValues.ts';
import type { RunSettings } from '../core/runner/runRequest.ts';
import type { ModelPrice } from '../shared/modelPrice.ts';
import { readConcurrency, readLimits } from './limitSettings.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';

/** Where requests go. Never taken from a workspace; in a remote window, from the remote machine's settings. */
export interface Endpoints {
  /** Empty for the vendor's own. */
  readonly anthropic: string;
  readonly openai: string;
}

const section = 'interleave';

const confirmRange: NumberRange = { default: 20, minimum: 0, maximum: 100_000 };
const keptRunsRange: NumberRange = { default: 50, minimum: 1, maximum: 1_000 };

/** Reads the settings when they are needed; nothing else calls `getConfiguration`. */
export class Configuration {
  readonly #onProblem: (problem: string) => void;
  /** What was said already. */
  readonly #said = new Set<string>();

  /** `onProblem` hears once of each value that cannot be used, and what is used instead. */
  constructor(onProblem: (problem: string) => void = () => undefined) {
    this.#onProblem = onProblem;
  }

  /**
   * Settings that choose a provider, an endpoint, a model or a tool count only where the user wrote
   * them: a workspace's value is not even looked at, whatever VS Code makes of its scope.
   */
  runSettings(): RunSettings {
    const limits = this.limits();
    return {
      provider: userValue<RunSettings['provider']>('provider', 'auto'),
      model: userValue('model', ''),
      reasoningEffort: userValue<RunSettings['reasoningEffort']>('reasoningEffort', 'default'),
      systemPrompt: userValue('systemPrompt', '') || defaultSystemPrompt,
      tools: userValue<readonly string[]>('tools', []),
      concurrency: readConcurrency(userValue<unknown>('concurrency', 'auto'), this.#report),
      mode: value('mode', 'concurrent'),
      failure: value('failure', 'keepPartial'),
      toolExecution: userValue('toolExecution', 'serial'),
      cpuTools: userValue('cpuTools', 'auto'),
      warmUpCache: value('warmUpCache', true),
      limits,
    };
  }

  /** Every limit, as the user set it or by default; a workspace's value is not looked at. */
  limits(): LimitValues {
    return readLimits((name) => userValue<unknown>(name, undefined), this.#report);
  }

  #number(range: NumberRange, given: unknown, name: string): number {
    const { value: number, problem } = readWithin(range, given, `${section}.${name}`);
    if (problem !== undefined) this.#report(problem);
    return number;
  }

  readonly #report = (problem: string): void => {
    if (this.#said.has(problem)) return;
    this.#said.add(problem);
    this.#onProblem(problem);
  };

  /** Writes who answers from now on into the user settings; an empty model is the provider's default. */
  async chooseModel(provider: RunSettings['provider'], model: string): Promise<void> {
    const settings = vscode.workspace.getConfiguration(section);
    // The model first: for a moment the old provider may be asked for it, but never without leave.
    await settings.update('model', model, vscode.ConfigurationTarget.Global);
    await settings.update('provider', provider, vscode.ConfigurationTarget.Global);
  }

  endpoints(): Endpoints {
    return {
      anthropic: userValue('anthropic.baseUrl', ''),
      openai: userValue('openai.baseUrl', ''),
    };
  }

  /** Prices that add to the list prices, or correct them. Entries that are none are left out. */
  prices(): { readonly [model: string]: ModelPrice } {
    const entries = Object.entries(userValue<Record<string, unknown>>('prices', {}));
    return Object.fromEntries(
      entries.filter((entry): entry is [string, ModelPrice] => isPrice(entry[1])),
    );
  }

  /** Number of prompts from which a run is confirmed before it starts. */
  confirmAbove(): number {
    return this.#number(confirmRange, userValue<unknown>('confirmAbove', 20), 'confirmAbove');
  }

  logOrder(): 'interleaved' | 'grouped' {
    return value('log.order', 'interleaved');
  }

  /** Runs that are kept on disk. */
  maxKeptRuns(): number {
    const given = userValue<unknown>('history.maxRuns', 50);
    return this.#number(keptRunsRange, given, 'history.maxRuns');
  }

  codeLens(): boolean {
    return value('codeLens', true);
  }

  /** Globs that VS Code hides from its own file views. */
  excludedFiles(): readonly string[] {
    const globs = vscode.workspace
      .getConfiguration('files')
      .get<Record<string, unknown>>('exclude');
    return Object.entries(globs ?? {})
      .filter(([, excluded]) => excluded === true)
      .map(([glob]) => glob);
  }

  /** Calls `listener` when one of our settings changes. */
  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) listener();
    });
  }
}

function value<T>(key: string, fallback: T): T {
  return vscode.workspace.getConfiguration(section).get<T>(key) ?? fallback;
}

/**
 * What the person set: in the user settings, or for a setting of scope `machine` in a remote window, in
 * those of the remote machine. VS Code gives both as `globalValue`.
 */
function userValue<T>(key: string, fallback: T): T {
  const found = vscode.workspace.getConfiguration(section).inspect<T>(key);
  return found?.globalValue ?? found?.defaultValue ?? fallback;
}

function isPrice(price: unknown): price is ModelPrice {
  if (typeof price !== 'object' || price === null) return false;
  return ['input', 'output', 'cacheRead', 'cacheWrite'].every((key) => {
    const amount: unknown = Reflect.get(price, key);
    return typeof amount === 'number' && amount >= 0;
  });
}
