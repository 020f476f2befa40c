import * as vscode from 'vscode';
import { systemClock } from '../core/base/clock.ts';
import { UserError } from '../core/base/errors.ts';
import { shownValue } from '../core/base/limitValues.ts';
import { createAnthropicProvider } from '../core/providers/anthropic/provider.ts';
import { RenewableProvider } from '../core/providers/api/renewableProvider.ts';
import type { BaseUrls } from '../core/providers/baseUrl.ts';
import {
  defaultBaseUrls,
  endpointOrigin,
  keyedProviders,
  needsKey,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import { createOpenAiProvider } from '../core/providers/openai/provider.ts';
import type { Provider, ProviderId } from '../core/providers/provider.ts';
import type { ResponseLimits } from '../core/providers/transport/responseLimits.ts';
import { responseLimits } from '../core/providers/transport/responseLimits.ts';
import type { DemoServer } from '../demo/server.ts';
import { startDemoServer } from '../demo/server.ts';
import type { Configuration } from './configuration.ts';
import type { Credentials, KeyedProviderId } from './credentials.ts';
import type { ModelAccess } from './languageModels/languageModelProvider.ts';
import { LanguageModelProvider } from './languageModels/languageModelProvider.ts';
import { explainLoopback } from './loopbackHint.ts';
import { providerNames } from './providerNames.ts';
import { settingFacts, settingId } from './settingFacts.ts';

/** Whether a provider can be used now. */
export type Readiness =
  | { readonly kind: 'ready' }
  /** `message` tells the user what is missing and what to do. */
  | { readonly kind: 'noKey'; readonly message: string };

/** Creates providers from the settings and stored keys. Starts the demo model's server on first use. */
export class ProviderSource {
  readonly #configuration: Configuration;
  readonly #credentials: Credentials;
  /** One provider per endpoint, to share its connections. Its key and limits can be replaced. */
  readonly #providers = new Map<string, KeyedEntry>();
  readonly #languageModels: LanguageModelProvider;
  #demo: Promise<DemoServer> | undefined;

  constructor(configuration: Configuration, credentials: Credentials, access: ModelAccess) {
    this.#configuration = configuration;
    this.#credentials = credentials;
    const silenceMs = (): number => responseLimits(configuration.limits()).contentTimeoutMs;
    this.#languageModels = new LanguageModelProvider(access, systemClock, silenceMs);
  }

  /** Whether the extension runs on a remote machine. */
  get isRemote(): boolean {
    return vscode.env.remoteName !== undefined;
  }

  /** The origin (`scheme://host:port`) of requests. Throws a `UserError` for an invalid base URL. */
  origin(id: KeyedProviderId): string {
    return endpointOrigin(id, this.#configuration.endpoints()[id]);
  }

  /** Throws a `UserError` when a base URL differs from the one that the saved run used. */
  checkEndpoints(saved: BaseUrls): void {
    for (const id of keyedProviders) {
      const before = saved[id];
      if (before === undefined) continue;
      const now = this.#baseUrl(id);
      if (now === before) continue;
      throw new UserError(
        `This run used ${before}, but ${settingId(`${id}.baseUrl`)} is now ${now}. Change it back to resume the run, or start its prompts as a new run.`,
      );
    }
  }

  #baseUrl(id: KeyedProviderId): string {
    return plainBaseUrl(this.#configuration.endpoints()[id].trim() || defaultBaseUrls[id]);
  }

  /** Whether a provider can be used now. Rejects with a `UserError` for an invalid base URL or unknown provider. */
  async readiness(id: ProviderId): Promise<Readiness> {
    if (id === 'demo' || id === 'vscode') return { kind: 'ready' };
    if (!keyedProviders.includes(id)) throw unknownProvider(id);
    const origin = this.origin(id);
    const found = await this.#credentials.find(id, origin);
    if (found.kind === 'key' || !needsKey(origin)) return { kind: 'ready' };
    return { kind: 'noKey', message: missingKeyMessage(id, origin, found) };
  }

  /** The provider with an id. Rejects with a `UserError` when it needs a key for its origin and there is none. */
  async resolve(id: ProviderId): Promise<Provider> {
    if (id === 'vscode') return this.#languageModels;
    const endpoint = await this.#endpoint(id);
    const name = JSON.stringify([endpoint.id, endpoint.baseUrl]);
    const known = this.#providers.get(name);
    const fingerprint = JSON.stringify([endpoint.apiKey ?? null, endpoint.limits]);
    if (known?.fingerprint === fingerprint) return known.provider;
    const provider = known?.provider ?? new RenewableProvider(createProvider(endpoint));
    if (known !== undefined) provider.renew(createProvider(endpoint));
    this.#providers.set(name, { provider, fingerprint });
    return provider;
  }

  /** Gives runs in progress the currently stored key. */
  async renewKey(id: KeyedProviderId): Promise<void> {
    const inUse = [...this.#providers.values()].some(({ provider }) => provider.id === id);
    if (inUse && (await this.readiness(id)).kind === 'ready') await this.resolve(id);
  }

  /**
   * Calls `act` with a new provider that has no cached state and no open connection, and disposes it afterwards.
   * Rejects like `resolve` and like `act`.
   */
  async withFresh<T>(id: ProviderId, act: (provider: Provider) => Promise<T>): Promise<T> {
    if (id === 'vscode') return act(this.#languageModels);
    const provider = createProvider(await this.#endpoint(id));
    try {
      return await act(provider);
    } finally {
      provider.dispose();
    }
  }

  async #endpoint(id: HttpProviderId): Promise<HttpEndpoint> {
    const limits = responseLimits(this.#configuration.limits());
    if (id === 'demo') {
      this.#demo ??= startDemoServer();
      return { id, baseUrl: (await this.#demo).anthropicBaseUrl, apiKey: undefined, limits };
    }
    const ready = await this.readiness(id);
    if (ready.kind === 'noKey') throw new UserError(ready.message);
    const baseUrl = this.#configuration.endpoints()[id];
    const found = await this.#credentials.find(id, this.origin(id));
    return { id, baseUrl, apiKey: found.kind === 'key' ? found.key : undefined, limits };
  }

  /** Closes all connections and the demo model's server. */
  async dispose(): Promise<void> {
    for (const { provider } of this.#providers.values()) provider.dispose();
    await (await this.#demo)?.close();
  }
}

interface KeyedEntry {
  readonly provider: RenewableProvider;
  /** Fingerprint of the key and limits it was created with. */
  readonly fingerprint: string;
}

type HttpProviderId = Exclude<ProviderId, 'vscode'>;

interface HttpEndpoint {
  readonly id: HttpProviderId;
  /** Empty for the vendor's default. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly limits: ResponseLimits;
}

function createProvider({ id, baseUrl, apiKey, limits }: HttpEndpoint): Provider {
  const options = { id, apiKey, ...(baseUrl === '' ? {} : { baseUrl }), ...limits };
  const create = id === 'openai' ? createOpenAiProvider : createAnthropicProvider;
  return id === 'demo' ? create(options) : explainLoopback(create(options), vscode.env.remoteName);
}

/** settings.json may hold any value. */
function unknownProvider(id: unknown): UserError {
  const { choices } = settingFacts.provider;
  return new UserError(
    `${settingId('provider')} is ${shownValue(id)}, but must be one of ${choices.join(', ')}. Nothing was sent.`,
  );
}

function missingKeyMessage(
  id: KeyedProviderId,
  origin: string,
  found:
    | { readonly kind: 'none' }
    | { readonly kind: 'otherOrigin'; readonly origin: string }
    | { readonly kind: 'key' },
): string {
  const name = providerNames[id];
  if (found.kind === 'otherOrigin') {
    return `The ${name} key was entered for ${found.origin} and is not sent to ${origin}. Run "Interleave: Set API Key…" to enter the key for ${origin}.`;
  }
  return `There is no ${name} key for ${origin}. Run "Interleave: Set API Key…", or set ${settingId('provider')} to demo to use the demo model.`;
}
