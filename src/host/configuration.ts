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

/** Base URLs from the user settings, never from a workspace. In a remote window: the remote machine's settings. */
export interface Endpoints {
  /** Empty for the vendor's default. */
  readonly anthropic: string;
  readonly openai: string;
}

const section = 'interleave';

/** Reads the settings on each call. Nothing else calls `getConfiguration`. */
export class Configuration {
  readonly #onProblem: (problem: string) => void;
  readonly #reported = new Set<string>();

  /** `onProblem` is called once for each invalid value, with a message that names the value used instead. */
  constructor(onProblem: (problem: string) => void = () => undefined) {
    this.#onProblem = onProblem;
  }

  /**
   * The settings of a run. Those that choose a provider, an endpoint, a model or tools come from the user
   * settings only: a workspace's value is not read, whatever scope VS Code applies.
   */
  runSettings(): RunSettings {
    const limits = this.limits();
    return {
      // An unknown value is not replaced by the default, which could be another vendor.
      provider: read('provider'),
      model: read('model'),
      agent: read('agent'),
      reasoningEffort: this.#choice('reasoningEffort'),
      systemPrompt: read<string>('systemPrompt') || defaultSystemPrompt,
      tools: read('tools'),
      concurrency: readConcurrency(read<unknown>('concurrency'), this.#report),
      mode: this.#choice('mode'),
      failure: this.#choice('failure'),
      toolExecution: this.#choice('toolExecution'),
      cpuTools: this.#choice('cpuTools'),
      warmUpCache: read('warmUpCache'),
      limits,
    };
  }

  /** Every limit: the user's value or the default, never a workspace's. */
  limits(): LimitValues {
    return readLimits((name) => userValue(name), this.#report);
  }

  #number(name: NumberName): number {
    const { value, problem } = readWithin(settingFacts[name], read(name), settingId(name));
    if (problem !== undefined) this.#report(problem);
    return value;
  }

  /** An unknown value is reported and replaced by the default. */
  #choice<N extends ChoiceName>(name: N): Choice<N> {
    const { choices, default: defaultValue } = settingFacts[name];
    const value: unknown = read(name);
    const known = choices.find((choice) => choice === value);
    if (known !== undefined) return known;
    this.#report(
      `${settingId(name)} is ${shownValue(value)}, but must be one of ${choices.join(', ')}. ${defaultValue} is used.`,
    );
    return defaultValue;
  }

  readonly #report = (problem: string): void => {
    if (this.#reported.has(problem)) return;
    this.#reported.add(problem);
    this.#onProblem(problem);
  };

  /** Writes provider and model to the user settings. An empty model means the provider's default. */
  async chooseModel(provider: RunSettings['provider'], model: string): Promise<void> {
    // The model first: a run that starts in between goes to the old provider, which the user had chosen.
    await writeUserValue('model', model);
    await writeUserValue('provider', provider);
  }

  /** Writes the agent that answers from now on into the user settings; empty for none. */
  chooseAgent(name: string): Promise<void> {
    return writeUserValue('agent', name);
  }

  /** The base URLs. */
  endpoints(): Endpoints {
    return { anthropic: read('anthropic.baseUrl'), openai: read('openai.baseUrl') };
  }

  /** Prices that extend or override the built-in list prices. Ignores malformed entries. */
  prices(): { readonly [model: string]: ModelPrice } {
    const entries = Object.entries(read<Record<string, unknown>>('prices'));
    return Object.fromEntries(
      entries.filter((entry): entry is [string, ModelPrice] => isPrice(entry[1])),
    );
  }

  /** A run with more prompts than this must be confirmed. */
  confirmAbove(): number {
    return this.#number('confirmAbove');
  }

  /** The order of the lines in the log. */
  logOrder(): Choice<'log.order'> {
    return this.#choice('log.order');
  }

  /** Max number of runs saved on disk. */
  maxSavedRuns(): number {
    return this.#number('history.maxRuns');
  }

  /** The user's rules for tool calls, one line each. Ignores entries that are not texts. */
  rules(): readonly string[] {
    const lines: unknown = read('rules');
    if (!Array.isArray(lines)) return [];
    return lines.filter((line) => typeof line === 'string');
  }

  /** Adds a rule to the user settings, after the others. Throws where these hold no list of rules. */
  async addRule(rule: string): Promise<void> {
    const lines = userValue('rules');
    if (!Array.isArray(lines)) throw new Error('The setting interleave.rules is not a list.');
    if (!lines.includes(rule)) await writeUserValue('rules', [...lines, rule]);
  }

  /** Whether code lenses are shown. */
  codeLens(): boolean {
    return read('codeLens');
  }

  /** Enabled globs of VS Code's `files.exclude`. */
  excludedFiles(): readonly string[] {
    const globs = vscode.workspace
      .getConfiguration('files')
      .get<Record<string, unknown>>('exclude');
    return Object.entries(globs ?? {})
      .filter(([, excluded]) => excluded === true)
      .map(([glob]) => glob);
  }

  /** Calls `listener` when a setting of Interleave changes. */
  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(section)) listener();
    });
  }
}

/** The value from the settings that may set it by its scope, else the default. */
function read<T>(name: PlainSettingName): T {
  const { scope, default: defaultValue }: SettingFact = settingFacts[name];
  const found = scope === 'window' ? effectiveValue(name) : userValue(name);
  return (found ?? defaultValue) as T;
}

function effectiveValue(name: SettingName): unknown {
  return vscode.workspace.getConfiguration(section).get<unknown>(name);
}

/**
 * The value from the user settings. For scope `machine` in a remote window, VS Code puts the remote machine's
 * value into `globalValue`.
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
