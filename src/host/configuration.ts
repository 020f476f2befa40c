import * as vscode from 'vscode';
import type { LimitValues } from '../core/base/limits.ts';
import { readWithin, shownValue } from '../core/base/limitValues.ts';
import type { RunSettings } from '../core/runner/runRequest.ts';
import type { ModelPrice } from '../shared/modelPrice.ts';
import { readConcurrency, readLimits } from './limitSettings.ts';
import type {
  Choice,
  ChoiceName,
  NumberName,
  PlainSettingName,
  SettingName,
} from './settingFacts.ts';
import { type SettingFact, settingFacts, settingId } from './settingFacts.ts';
import { defaultSystemPrompt } from './systemPrompt.ts';

/** Where requests go. Never taken from a workspace; in a remote window, from the remote machine's settings. */
export interface Endpoints {
  /** Empty for the vendor's own. */
  readonly anthropic: string;
  readonly openai: string;
}

const section = 'interleave';

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
      // Not replaced by the default when it is unknown: that could be another vendor.
      provider: given('provider'),
      model: given('model'),
      agent: given('agent'),
      reasoningEffort: this.#choice('reasoningEffort'),
      systemPrompt: given<string>('systemPrompt') || defaultSystemPrompt,
      tools: given('tools'),
      concurrency: readConcurrency(given<unknown>('concurrency'), this.#report),
      mode: this.#choice('mode'),
      failure: this.#choice('failure'),
      toolExecution: this.#choice('toolExecution'),
      cpuTools: this.#choice('cpuTools'),
      warmUpCache: given('warmUpCache'),
      limits,
    };
  }

  /** Every limit, as the user set it or by default; a workspace's value is not looked at. */
  limits(): LimitValues {
    return readLimits((name) => userValue(name), this.#report);
  }

  #number(name: NumberName): number {
    const { value, problem } = readWithin(settingFacts[name], given(name), settingId(name));
    if (problem !== undefined) this.#report(problem);
    return value;
  }

  /** What is none of the choices counts as the default. */
  #choice<N extends ChoiceName>(name: N): Choice<N> {
    const { choices, default: usual } = settingFacts[name];
    const value: unknown = given(name);
    const known = choices.find((choice) => choice === value);
    if (known !== undefined) return known;
    this.#report(
      `${settingId(name)} is ${shownValue(value)}, but must be one of ${choices.join(', ')}. ${usual} is used.`,
    );
    return usual;
  }

  readonly #report = (problem: string): void => {
    if (this.#said.has(problem)) return;
    this.#said.add(problem);
    this.#onProblem(problem);
  };

  /** Writes who answers from now on into the user settings; an empty model is the provider's default. */
  async chooseModel(provider: RunSettings['provider'], model: string): Promise<void> {
    // The model first: for a moment the old provider may be asked for it, but never without leave.
    await writeUserValue('model', model);
    await writeUserValue('provider', provider);
  }

  /** Writes the agent that answers from now on into the user settings; empty for none. */
  chooseAgent(name: string): Promise<void> {
    return writeUserValue('agent', name);
  }

  endpoints(): Endpoints {
    return { anthropic: given('anthropic.baseUrl'), openai: given('openai.baseUrl') };
  }

  /** Prices that add to the list prices, or correct them. Entries that are none are left out. */
  prices(): { readonly [model: string]: ModelPrice } {
    const entries = Object.entries(given<Record<string, unknown>>('prices'));
    return Object.fromEntries(
      entries.filter((entry): entry is [string, ModelPrice] => isPrice(entry[1])),
    );
  }

  /** Number of prompts from which a run is confirmed before it starts. */
  confirmAbove(): number {
    return this.#number('confirmAbove');
  }

  logOrder(): Choice<'log.order'> {
    return this.#choice('log.order');
  }

  /** Runs that are kept on disk. */
  maxKeptRuns(): number {
    return this.#number('history.maxRuns');
  }

  /** The lines of the user's rules for tool calls. */
  rules(): readonly string[] {
    const lines: unknown = given('rules');
    if (!Array.isArray(lines)) return [];
    return lines.filter((line) => typeof line === 'string');
  }

  codeLens(): boolean {
    return given('codeLens');
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

/** What stands in the settings that count for this one; the default where nothing does. */
function given<T>(name: PlainSettingName): T {
  const { scope, default: usual }: SettingFact = settingFacts[name];
  const found = scope === 'window' ? folderValue(name) : userValue(name);
  return (found ?? usual) as T;
}

function folderValue(name: SettingName): unknown {
  return vscode.workspace.getConfiguration(section).get<unknown>(name);
}

/**
 * What the person set: in the user settings, or for a setting of scope `machine` in a remote window, in
 * those of the remote machine. VS Code gives both as `globalValue`.
 */
function userValue(name: SettingName): unknown {
  const found = vscode.workspace.getConfiguration(section).inspect<unknown>(name);
  return found?.globalValue ?? found?.defaultValue;
}

async function writeUserValue(name: SettingName, value: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration(section);
  await settings.update(name, value, vscode.ConfigurationTarget.Global);
}

function isPrice(price: unknown): price is ModelPrice {
  if (typeof price !== 'object' || price === null) return false;
  return ['input', 'output', 'cacheRead', 'cacheWrite'].every((key) => {
    const amount: unknown = Reflect.get(price, key);
    return typeof amount === 'number' && amount >= 0;
  });
}
