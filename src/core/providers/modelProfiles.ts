import { isVendorOrigin } from './baseUrl.ts';
import type { Endpoint } from './endpoint.ts';
import { type ModelProfile, unknownModel } from './fitRequest.ts';
import type { HttpProtocol, OwnField } from './httpProtocol.ts';
import type { Message } from './message.ts';
import type { ModelCatalog } from './modelCatalog.ts';
import type { ModelInfo } from './modelInfo.ts';
import type { ModelRequest } from './provider.ts';
import { ProviderError } from './providerError.ts';

export interface ModelProfilesOptions {
  readonly protocol: Pick<HttpProtocol<never>, 'id' | 'models' | 'ownFields'>;
  readonly endpoint: Endpoint;
  readonly catalog: ModelCatalog;
}

/** What requests of a provider are built by: what its models allow, and what has been refused. */
export class ModelProfiles {
  readonly #options: ModelProfilesOptions;
  readonly #refused = new Map<string, Set<string>>();
  /**
   * What a conversation's first request was built by, by its first message: what becomes known on the
   * way must not change its later requests, for those would no longer be found in the prompt cache.
   */
  readonly #infos = new WeakMap<Message, { readonly info: ModelInfo | undefined }>();

  constructor(options: ModelProfilesOptions) {
    this.#options = options;
  }

  /** The profile for a request. Rejects with the signal's reason only. */
  async of(request: ModelRequest, signal: AbortSignal): Promise<ModelProfile> {
    const { model, messages } = request;
    const [first] = messages;
    const before = first && this.#infos.get(first);
    const info = before === undefined ? await this.#infoFor(request, signal) : before.info;
    if (first !== undefined) this.#infos.set(first, { info });
    const refused = this.#refused.get(model);
    // A copy: an error is judged by what was known when its request was made.
    return { info, refused: refused === undefined ? unknownModel.refused : new Set(refused) };
  }

  /**
   * Takes an error into account: when the server refuses a field that it was sent unasked, the field
   * is left out from now on, and the same turn may be tried again.
   */
  heed(error: ProviderError, model: string, sentWith: ModelProfile): ProviderError {
    const field = this.#options.protocol.ownFields.find(
      (own) => !sentWith.refused.has(own.name) && isAbout(error, own),
    );
    if (field === undefined) return error;
    const refused = this.#refused.get(model) ?? new Set();
    this.#refused.set(model, refused.add(field.name));
    const { message, kind, httpStatus, requestId, code, param } = error;
    const details = { kind, httpStatus, requestId, code, param, cause: error };
    return new ProviderError(message, { ...details, retryable: true });
  }

  /**
   * The vendor is asked what its model allows. Another server is only where it matters: most tell no
   * more than names.
   */
  async #infoFor(request: ModelRequest, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const { protocol, endpoint, catalog } = this.#options;
    const { id, models } = protocol;
    const isWorthIt =
      isVendorOrigin({ id, origin: endpoint.origin }) || request.effort !== undefined;
    if (!models.describes || !isWorthIt) return catalog.known(request.model);
    return catalog.describe(request.model, signal);
  }
}

function isAbout({ kind, message, param }: ProviderError, field: OwnField): boolean {
  if (kind !== 'invalid_request') return false;
  return param === field.name || field.inMessage.test(message);
}
