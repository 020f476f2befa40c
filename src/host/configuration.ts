import * as vscode from 'vscode';
import type { ReasoningEffort } from '../core/base/reasoningEffort.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type { Concurrency } from '../core/runner/limiter.ts';
import type { ModelPrice } from '../shared/modelPrice.ts';

/** The settings of a run. Callers of the API may give some of them otherwise. */
export interface RunSettings {
  readonly provider: ProviderId | 'auto';
  /** The provider's own default when empty. */
  readonly model: string;
  readonly reasoningEffort: ReasoningEffort | 'default';
  readonly systemPrompt: string;
  /** Names of the tools conversations may use; all when empty. */
  readonly tools: readonly string[];
  readonly concurrency: Concurrency;
  readonly mode: 'concurrent' | 'serial';
  readonly failure: 'keepPartial' | 'allOrNothing';
  readonly toolExecution: 'serial' | 'parallel';
  readonly maxTurns: number;
  readonly maxTokens: number;
  readonly timeoutSeconds: number;
  readonly warmUpCache: boolean;
  /** The user's own limits for a minute; 0 for none. */
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** US dollars after which a run is stopped; 0 for no limit. */
  readonly maxCostUsd: number;
  /** The same for each conversation by itself. */
  readonly maxConversationCostUsd: number;
}

/** Where requests go. Never taken from a workspace. */
export interface Endpoints {
  /** Empty for the vendor's own. */
  readonly anthropic: string;
  readonly openai: string;
}

const section = 'interleave';

/** Reads the settings when they are needed; nothing else calls `getConfiguration`. */
export class Configuration {
  /**
   * Settings that choose a provider, an endpoint, a model or a tool count only where the user wrote
   * them: a workspace's value is not even looked at, whatever VS Code makes of its scope.
   */
  runSettings(): RunSettings {
    return {
      provider: userValue('provider', 'auto'),
      model: userValue('model', ''),
      reasoningEffort: userValue('reasoningEffort', 'default'),
      systemPrompt: userValue('systemPrompt', ''),
      tools: userValue<readonly string[]>('tools', []),
      concurrency: concurrencyOf(value<unknown>('concurrency', 'auto')),
      mode: value('mode', 'concurrent'),
      failure: value('failure', 'keepPartial'),
      toolExecution: userValue('toolExecution', 'serial'),
      maxTurns: value('maxTurns', 50),
      maxTokens: value('maxTokens', 16_000),
      timeoutSeconds: value('timeoutSeconds', 600),
      warmUpCache: value('warmUpCache', true),
      requestsPerMinute: userValue('requestsPerMinute', 0),
      tokensPerMinute: userValue('tokensPerMinute', 0),
      maxCostUsd: userValue('maxCostUsd', 0),
      maxConversationCostUsd: userValue('maxConversationCostUsd', 0),
    };
  }

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
    return userValue('confirmAbove', 20);
  }

  logOrder(): 'interleaved' | 'grouped' {
    return value('log.order', 'interleaved');
  }

  /** Runs that are kept on disk. */
  maxKeptRuns(): number {
    return userValue('history.maxRuns', 50);
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

function userValue<T>(key: string, fallback: T): T {
  const found = vscode.workspace.getConfiguration(section).inspect<T>(key);
  return found?.globalValue ?? found?.defaultValue ?? fallback;
}

function concurrencyOf(setting: unknown): Concurrency {
  if (setting === 'unlimited') return 'unlimited';
  const number = typeof setting === 'string' ? Number(setting) : setting;
  const usable = typeof number === 'number' && Number.isInteger(number) && number >= 1;
  return usable ? number : 'auto';
}

function isPrice(price: unknown): price is ModelPrice {
  if (typeof price !== 'object' || price === null) return false;
  return ['input', 'output', 'cacheRead', 'cacheWrite'].every((key) => {
    const amount: unknown = Reflect.get(price, key);
    return typeof amount === 'number' && amount >= 0;
  });
}
