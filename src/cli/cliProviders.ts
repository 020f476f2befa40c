import { UserError } from '../core/base/errors.ts';
import { createAnthropicProvider } from '../core/providers/anthropic/provider.ts';
import type { ApiProviderOptions } from '../core/providers/api/apiProvider.ts';
import type { BaseUrls } from '../core/providers/baseUrl.ts';
import { defaultBaseUrls, endpointOrigin, needsKey } from '../core/providers/baseUrl.ts';
import { createOpenAiProvider } from '../core/providers/openai/provider.ts';
import type { Provider, ProviderId } from '../core/providers/provider.ts';
import type { ResponseLimits } from '../core/providers/transport/responseLimits.ts';
import type { DemoServer } from '../demo/server.ts';
import type { Environment } from './environment.ts';
import { nodeUsesProxies, proxySettings } from './proxySettings.ts';

/** The environment variables that hold the keys. */
export const keyVariables = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' } as const;

/** Why the provider `vscode` is refused on the command line. */
export const onlyInVscode =
  'The models of VS Code (provider "vscode") can be asked inside VS Code only. Choose anthropic, openai or demo here.';

/** All keys there are, whichever are used. */
export function keysIn(environment: Environment): readonly (string | undefined)[] {
  return Object.values(keyVariables).map((name) => environment[name]);
}

/** The key of a provider; undefined when none is set. */
export function keyIn(environment: Environment, id: 'anthropic' | 'openai'): string | undefined {
  return environment[keyVariables[id]]?.trim() || undefined;
}

/** The same environment without the key of a provider. */
export function withoutKey(environment: Environment, id: 'anthropic' | 'openai'): Environment {
  return { ...environment, [keyVariables[id]]: undefined };
}

/** A provider that has a key in the environment. Throws a `UserError` when none has. */
export function chooseProvider(environment: Environment): ProviderId {
  if (environment[keyVariables.anthropic]) return 'anthropic';
  if (environment[keyVariables.openai]) return 'openai';
  throw new UserError(
    `No key is set. Set ${keyVariables.anthropic} or ${keyVariables.openai}, or use the built-in demo model with --provider demo.`,
  );
}

/** What holds for every connection, whoever it is to. */
export interface ConnectionOptions extends ResponseLimits, Pick<ApiProviderOptions, 'clock'> {
  /** Hears what a person should know about the way to a server. */
  onRemark(line: string): void;
}

/** Makes providers from the environment's keys, and starts the demo model's server when it is used. */
export class CliProviders {
  readonly #environment: Environment;
  readonly #baseUrls: BaseUrls;
  readonly #options: ConnectionOptions;
  readonly #providers: Provider[] = [];
  #demo: DemoServer | undefined;

  constructor(environment: Environment, baseUrls: BaseUrls, options: ConnectionOptions) {
    this.#environment = environment;
    this.#baseUrls = baseUrls;
    this.#options = options;
  }

  /** Throws a `UserError` for a missing key or a base URL that cannot be used. */
  async resolve(id: ProviderId): Promise<Provider> {
    if (id === 'vscode') throw new UserError(onlyInVscode);
    const provider = id === 'demo' ? await this.#createDemo() : this.#create(id);
    this.#providers.push(provider);
    return provider;
  }

  async dispose(): Promise<void> {
    for (const provider of this.#providers) provider.dispose();
    await this.#demo?.close();
  }

  #create(id: 'anthropic' | 'openai'): Provider {
    const apiKey = this.#environment[keyVariables[id]];
    const baseUrl = this.#baseUrls[id];
    const origin = endpointOrigin(id, baseUrl ?? defaultBaseUrls[id]);
    if (!apiKey && needsKey(origin)) {
      throw new UserError(`No key is set for ${new URL(origin).host}. Set ${keyVariables[id]}.`);
    }
    const { proxies, remark } = proxySettings(this.#environment, origin, nodeUsesProxies());
    const { onRemark, ...connection } = this.#options;
    if (remark !== undefined) onRemark(remark);
    const options = {
      apiKey,
      ...connection,
      proxies,
      ...(baseUrl === undefined ? {} : { baseUrl }),
    };
    return id === 'openai' ? createOpenAiProvider(options) : createAnthropicProvider(options);
  }

  async #createDemo(): Promise<Provider> {
    const { startDemoServer } = await import('../demo/server.ts');
    this.#demo ??= await startDemoServer();
    const { anthropicBaseUrl: baseUrl } = this.#demo;
    const { onRemark: _, ...connection } = this.#options;
    return createAnthropicProvider({ id: 'demo', apiKey: undefined, baseUrl, ...connection });
  }
}
