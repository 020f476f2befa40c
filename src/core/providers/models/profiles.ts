import type { HttpProtocol, OwnField } from '../api/protocol.ts';
import { isVendorOrigin } from '../baseUrl.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Message } from '../message.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest } from '../provider.ts';
import { ProviderError } from '../providerError.ts';
import type { ModelCatalog } from './catalog.ts';
import { type ModelProfile, unknownModel } from './fitRequest.ts';

export interface ModelProfilesOptions {
  readonly protocol: Pick<HttpProtocol<never>, 'id' | 'models' | 'ownFields'>;
  readonly endpoint: Endpoint;
  readonly catalog: ModelCatalog;
}

/** What requests of a provider are built by: what its models allow, and what has been refused. */
export class ModelProfiles {
  readonly #options: ModelProfilesOptions;
  readonly #refused = new Map<string, Set<string>>();
  readonly #mostOutput = new Map<string, number>();
  /** How often something was refused that is not at once taken for the server's way. */
  readonly #refusals = new Map<string, number>();
  readonly #isVendor: boolean;
  /**
   * What a conversation's first request was built by, by its first message: what becomes known on the
   * way must not change its later requests, for those would no longer be found in the prompt cache.
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
    // A copy: an error is judged by what was known when its request was made.
    return {
      info,
      refused: refused === undefined ? unknownModel.refused : new Set(refused),
      mostOutputTokens: this.#mostOutput.get(model),
      isVendor: this.#isVendor,
    };
  }

  /**
   * Takes an error into account: what the server refuses that it was sent unasked is done without from now
   * on, and the same turn may be tried again.
   */
  heed(error: ProviderError, request: ModelRequest, sentWith: ModelProfile): ProviderError {
    const { model } = request;
    if (error.kind !== 'invalid_request') return error;
    const most = mostOutputIn(error.message, request, sentWith);
    if (most !== undefined) {
      this.#mostOutput.set(model, most);
      return repeatable(error);
    }
    const field = this.#options.protocol.ownFields.find(
      (own) =>
        !sentWith.refused.has(own.name) &&
        isAbout(error, own) &&
        (own.isIn?.(request, sentWith) ?? true),
    );
    if (field === undefined || !this.#isTheWay(model, field)) return error;
    const refused = this.#refused.get(model) ?? new Set();
    this.#refused.set(model, refused.add(field.name));
    return repeatable(error);
  }

  #isTheWay(model: string, { name, times = 1 }: OwnField): boolean {
    const key = `${model} ${name}`;
    const refusals = (this.#refusals.get(key) ?? 0) + 1;
    this.#refusals.set(key, refusals);
    return refusals >= times;
  }

  /**
   * The vendor is asked what its model allows. Another server is only where it matters: most tell no
   * more than names.
   */
  async #infoFor(request: ModelRequest, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const { protocol, catalog } = this.#options;
    const { models } = protocol;
    const isWorthIt = this.#isVendor || request.effort !== undefined;
    if (!models.describes || !isWorthIt) return catalog.known(request.model);
    return catalog.describe(request.model, signal);
  }
}

function isAbout({ message, param }: ProviderError, field: OwnField): boolean {
  return param === field.name || field.inMessage.test(message);
}

/** The same error of a request that is sent again, and not as it was. */
function repeatable(error: ProviderError): ProviderError {
  const { message, kind, httpStatus, requestId, code, param } = error;
  const details = { kind, httpStatus, requestId, code, param, cause: error };
  return new ProviderError(message, { ...details, retryable: true });
}

/**
 * The most tokens of an answer that a refusal names: `max_tokens: 300000 > 64000`. Undefined for a refusal
 * that is about something else, such as the context as a whole.
 */
function mostOutputIn(
  message: string,
  { maxOutputTokens }: ModelRequest,
  { mostOutputTokens = Number.POSITIVE_INFINITY }: ModelProfile,
): number | undefined {
  if (!/\bmax_(output_|completion_)?tokens\b/.test(message) || /context/i.test(message))
    return undefined;
  // The host that the message begins with may have a number, too.
  const words = message.slice(message.indexOf(': '));
  const numbers = (words.match(/\b\d{2,9}\b/g) ?? []).map(Number);
  const sent = Math.min(maxOutputTokens, mostOutputTokens);
  const lower = numbers.filter((number) => number < sent && number >= leastOutput);
  return lower.length === 0 ? undefined : Math.max(...lower);
}

/** A smaller number in a message is hardly the length of an answer. */
const leastOutput = 256;
