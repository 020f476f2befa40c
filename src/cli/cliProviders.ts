import { UserError } from '../core/base/errors.ts';
import { createAnthropicProvider } from '../core/providers/anthropic/provider.ts';
import type { ApiProviderOptions } from '../core/providers/api/apiProvider.ts';
import type { BaseUrls, KeyedProviderId } from '../core/providers/baseUrl.ts';
import { defaultBaseUrls, endpointOrigin, needsKey } from '../core/providers/baseUrl.ts';
import { createOpenAiProvider } from '../core/providers/openai/provider.ts';
import type { Provider, ProviderId } from '../core/providers/provider.ts';
import type { ResponseLimits } from '../core/providers/transport/responseLimits.ts';
import type { DemoServer } from '../demo/server.ts';
import type { Environment } from './environment.ts';
import { keyVariables, onlyInVscode } from './providerKeys.ts';
import { nodeUsesProxies, proxySettings } from './proxySettings.ts';

/** Options of the connections to all servers. */
export interface ConnectionOptions extends ResponseLimits, Pick<ApiProviderOptions, 'clock'> {
  /** Receives one line for each connection setting that has no effect, such as a proxy. */
  onWarning(line: string): void;
}

/** Creates providers with the keys of the environment. Starts the demo model's server when it is used. */
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

  /** Throws a `UserError` for a missing key and for a base URL that cannot be used. */
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

  #create(id: KeyedProviderId): Provider {
    const apiKey = this.#environment[keyVariables[id]];
    const baseUrl = this.#baseUrls[id];
    const origin = endpointOrigin(id, baseUrl ?? defaultBaseUrls[id]);
    if (!apiKey && needsKey(origin)) {
      throw new UserError(`No key is set for ${new URL(origin).host}. Set ${keyVariables[id]}.`);
    }
    const { proxies, warning } = proxySettings(this.#environment, origin, nodeUsesProxies());
    const { onWarning, ...connection } = this.#options;
    if (warning !== undefined) onWarning(warning);
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
    const { onWarning: _, ...connection } = this.#options;
    return createAnthropicProvider({ id: 'demo', apiKey: undefined, baseUrl, ...connection });
  }
}
