import { isVendorOrigin } from '../baseUrl.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Message } from '../message.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest, ProviderId } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
import type { ModelCatalog } from './catalog.ts';
import { type ModelProfile, type OptionalField, unknownModel } from './profile.ts';
import type { ModelsEndpoint } from './source.ts';

/** Options of `ModelProfiles`. */
export interface ModelProfilesOptions {
  readonly protocol: {
    readonly id: ProviderId;
    readonly models: ModelsEndpoint;
    readonly optionalFields: readonly OptionalField[];
  };
  readonly endpoint: Endpoint;
  readonly catalog: ModelCatalog;
}

/** Collects what is known about a provider's models: what the server reports and what it refuses. */
export class ModelProfiles {
  readonly #options: ModelProfilesOptions;
  readonly #refused = new Map<string, Set<string>>();
  readonly #learnedMaxOutput = new Map<string, number>();
  /** Refusals so far, by model and optional field. */
  readonly #refusals = new Map<string, number>();
  readonly #isVendor: boolean;
  /**
   * The info used for a conversation, by its first message. It stays the same for all of its requests:
   * a changed request would miss the prompt cache.
   */
  readonly #infos = new WeakMap<Message, { readonly info: ModelInfo | undefined }>();

  constructor(options: ModelProfilesOptions) {
    this.#options = options;
    const { protocol, endpoint } = options;
    this.#isVendor = isVendorOrigin({ id: protocol.id, origin: endpoint.origin });
  }

  /** The profile for a request. Rejects with the signal's reason only. */
  async of(request: ModelRequest, signal: AbortSignal): Promise<ModelProfile> {
    const { model, messages } = request;
    const [first] = messages;
    const before = first && this.#infos.get(first);
    const info = before === undefined ? await this.#infoFor(request, signal) : before.info;
    if (first !== undefined) this.#infos.set(first, { info });
    const refused = this.#refused.get(model);
    // A copy: `learnFrom` needs to know what had been refused when the request was built.
    return {
      info,
      refused: refused === undefined ? unknownModel.refused : new Set(refused),
      learnedMaxOutput: this.#learnedMaxOutput.get(model),
      isVendor: this.#isVendor,
    };
  }

  /**
   * Learns from an error what the server refuses: an optional field, or a number of output tokens. Later
   * requests avoid it, so the returned error is retryable.
   */
  learnFrom(error: ProviderError, request: ModelRequest, sentWith: ModelProfile): ProviderError {
    const { model } = request;
    if (error.kind !== 'invalid_request') return error;
    const maxOutput = maxOutputIn(error.message, request, sentWith);
    if (maxOutput !== undefined) {
      this.#learnedMaxOutput.set(model, maxOutput);
      return asRetryable(error);
    }
    const field = this.#options.protocol.optionalFields.find(
      (optional) =>
        !sentWith.refused.has(optional.name) &&
        isAbout(error, optional) &&
        (optional.isUsed?.(request, sentWith) ?? true),
    );
    if (field === undefined || !this.#countRefusal(model, field)) return error;
    const refused = this.#refused.get(model) ?? new Set();
    this.#refused.set(model, refused.add(field.name));
    return asRetryable(error);
  }

  /** Returns whether the field was refused often enough to be left out. */
  #countRefusal(model: string, { name, minRefusals = 1 }: OptionalField): boolean {
    const key = `${model} ${name}`;
    const refusals = (this.#refusals.get(key) ?? 0) + 1;
    this.#refusals.set(key, refusals);
    return refusals >= minRefusals;
  }

  /** Most compatible servers report only names, so they are asked only when an effort is set. */
  async #infoFor(request: ModelRequest, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const { protocol, catalog } = this.#options;
    const { models } = protocol;
    const isUseful = this.#isVendor || request.effort !== undefined;
    if (!models.describes || !isUseful) return catalog.known(request.model);
    return catalog.describe(request.model, signal);
  }
}

function isAbout({ message, param }: ProviderError, field: OptionalField): boolean {
  return param === field.name || field.inMessage.test(message);
}

/** The same error, retryable because the next request differs. */
function asRetryable(error: ProviderError): ProviderError {
  const { message, kind, httpStatus, requestId, code, param } = error;
  const details = { kind, httpStatus, requestId, code, param, cause: error };
  return new ProviderError(message, { ...details, retryable: true });
}

/**
 * The max output tokens that a refusal names: `max_tokens: 300000 > 64000`. Undefined for a refusal about
 * something else, such as the context length.
 */
function maxOutputIn(
  message: string,
  { maxOutputTokens }: ModelRequest,
  { learnedMaxOutput = Number.POSITIVE_INFINITY }: ModelProfile,
): number | undefined {
  if (!/\bmax_(output_|completion_)?tokens\b/.test(message) || /context/i.test(message))
    return undefined;
  // The host at the start of the message may contain numbers, too.
  const quoted = message.slice(message.indexOf(': '));
  const numbers = (quoted.match(/\b\d{2,9}\b/g) ?? []).map(Number);
  const sent = Math.min(maxOutputTokens, learnedMaxOutput);
  const lower = numbers.filter((number) => number < sent && number >= minPlausibleOutput);
  return lower.length === 0 ? undefined : Math.max(...lower);
}

/** Smaller numbers in a message are hardly a max of output tokens. */
const minPlausibleOutput = 256;
