import { type JsonObject, textField } from '../../../shared/json.ts';
import type { Clock } from '../../base/clock.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ProviderError } from '../providerError.ts';
import { readJsonResponse } from '../transport/jsonResponse.ts';
import { type ErrorContext, withResponse } from '../transport/networkError.ts';
import { protocolError } from '../transport/protocolError.ts';
import type { ResponseCaps } from '../transport/responseLimits.ts';
import type { Query, SdkClient } from '../transport/sdkClient.ts';
import { responseOf, toProviderError } from '../transport/sendOutcome.ts';
import { readModelEntry } from './entry.ts';

/** Where an API describes its models. */
export interface ModelsEndpoint {
  /** Below the base URL. */
  readonly path: string;
  /** The query of the first page, or of the page after a model. */
  query(afterId: string | undefined): Query;
  /** Whether the API reports capabilities, not just names. */
  readonly describes: boolean;
}

/** Options of a model source. */
export interface ModelSourceOptions {
  readonly endpoint: Endpoint;
  readonly models: ModelsEndpoint;
  client(): Promise<SdkClient<never>>;
  readonly idleTimeoutMs: number;
  readonly caps: Pick<ResponseCaps, 'maxErrorBytes' | 'maxMessage'>;
  readonly clock: Clock;
}

/** Pages to read, even if the server reports more. */
const maxPages = 20;

/** Statuses of servers that do not have the endpoint. */
const missingStatuses: ReadonlySet<number | undefined> = new Set([404, 405, 501]);

/** Requests a server's models. All methods reject with a `ProviderError` or the signal's reason. */
export class ModelSource {
  readonly #options: ModelSourceOptions;

  constructor(options: ModelSourceOptions) {
    this.#options = options;
  }

  /** All models; empty when the server does not list them. */
  async list(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const { models } = this.#options;
    const found = new Map<string, ModelInfo>();
    let after: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const body = await this.#get(models.path, models.query(after), signal);
      if (body === undefined) break;
      for (const model of this.#modelsOf(body)) found.set(model.id, model);
      const next = body.has_more === true ? textField(body, 'last_id') : undefined;
      if (next === undefined || next === after) break;
      after = next;
    }
    return [...found.values()];
  }

  /** One model by its id or an alias; undefined when the server does not describe it. */
  async describe(model: string, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const path = `${this.#options.models.path}/${encodeURIComponent(model)}`;
    const body = await this.#get(path, {}, signal);
    return body && readModelEntry(body);
  }

  #modelsOf(body: JsonObject): readonly ModelInfo[] {
    // Some compatible servers name the list `models`.
    const list = body.data ?? body.models;
    // Some servers send no list when no model is installed.
    if (list === null || (list === undefined && body.object === 'list')) return [];
    if (!Array.isArray(list)) throw protocolError('it holds no list of models', this.#context());
    return list.map(readModelEntry).filter((model) => model !== undefined);
  }

  /** The JSON object at a path; undefined when the server has no such endpoint. */
  async #get(path: string, query: Query, signal: AbortSignal): Promise<JsonObject | undefined> {
    const sent = this.#context();
    try {
      const client = await this.#options.client();
      const { response, released, slices, timer } = responseOf(
        await client.get(path, query, signal),
        sent,
      );
      const context = withResponse(sent, response);
      const { idleTimeoutMs, clock, caps } = this.#options;
      const { maxErrorBytes } = caps;
      const reading = {
        ...{ released, slices, timer, signal, idleTimeoutMs, clock, context, maxErrorBytes },
      };
      return await readJsonResponse(response, reading);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toProviderError(error, sent);
      if (isMissing(failure)) return undefined;
      throw failure;
    }
  }

  #context(): ErrorContext {
    const { host, apiKey } = this.#options.endpoint;
    return { host, apiKey, model: '', maxMessage: this.#options.caps.maxMessage };
  }
}

function isMissing({ httpStatus, kind }: ProviderError): boolean {
  return missingStatuses.has(httpStatus) && kind !== 'auth' && kind !== 'quota';
}
