import type { Clock } from '../../base/clock.ts';
import { type JsonObject, textField } from '../../base/jsonObject.ts';
import type { ModelsEndpoint } from '../api/protocol.ts';
import type { Endpoint } from '../endpoint.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ProviderError } from '../providerError.ts';
import { headerOf } from '../transport/exchange.ts';
import { readJsonResponse } from '../transport/jsonResponse.ts';
import type { HttpCaps } from '../transport/responseLimits.ts';
import type { Query, SdkClient } from '../transport/sdkClient.ts';
import { answerOf, toProviderError } from '../transport/sendOutcome.ts';
import { protocolError } from '../turn/assembler.ts';
import { readModelEntry } from './entry.ts';

export interface ModelSourceOptions {
  readonly endpoint: Endpoint;
  readonly models: ModelsEndpoint;
  client(): Promise<SdkClient<never>>;
  readonly idleTimeoutMs: number;
  readonly caps: Pick<HttpCaps, 'maxErrorBytes' | 'maxMessage'>;
  readonly clock: Clock;
}

/** More pages than this are not read, whatever the server says. */
const maxPages = 20;

/** With these the server says that it has no such address. */
const missingStatuses: ReadonlySet<number | undefined> = new Set([404, 405, 501]);

/** Asks a server for its models. All functions reject with a `ProviderError` or the signal's reason. */
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
      const body = await this.#ask(models.path, models.query(after), signal);
      if (body === undefined) break;
      for (const model of this.#modelsOf(body)) found.set(model.id, model);
      const next = body.has_more === true ? textField(body, 'last_id') : undefined;
      if (next === undefined || next === after) break;
      after = next;
    }
    return [...found.values()];
  }

  /** One model, by its id or another name for it; undefined when the server does not tell. */
  async describe(model: string, signal: AbortSignal): Promise<ModelInfo | undefined> {
    const path = `${this.#options.models.path}/${encodeURIComponent(model)}`;
    const body = await this.#ask(path, {}, signal);
    return body && readModelEntry(body);
  }

  #modelsOf(body: JsonObject): readonly ModelInfo[] {
    // One server compatible with the APIs calls its list by another name.
    const list = body.data ?? body.models;
    // With no model installed, some servers send no list at all.
    if (list === null || (list === undefined && body.object === 'list')) return [];
    if (!Array.isArray(list)) throw protocolError('it holds no list of models', this.#context());
    return list.map(readModelEntry).filter((model) => model !== undefined);
  }

  /** A JSON object; undefined when the server has no such address. */
  async #ask(path: string, query: Query, signal: AbortSignal): Promise<JsonObject | undefined> {
    const sent = this.#context();
    try {
      const client = await this.#options.client();
      const { response, released } = answerOf(await client.get(path, query, signal), sent);
      const requestId = headerOf(response, 'request-id') ?? headerOf(response, 'x-request-id');
      const context = { ...sent, httpStatus: response.statusCode ?? 0, requestId };
      const { idleTimeoutMs, clock, caps } = this.#options;
      const { maxErrorBytes } = caps;
      const reading = { released, signal, idleTimeoutMs, clock, context, maxErrorBytes };
      return await readJsonResponse(response, reading);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toProviderError(error, sent);
      if (isMissing(failure)) return undefined;
      throw failure;
    }
  }

  #context() {
    const { host, apiKey } = this.#options.endpoint;
    return { host, apiKey, model: '', maxMessage: this.#options.caps.maxMessage };
  }
}

function isMissing({ httpStatus, kind }: ProviderError): boolean {
  return missingStatuses.has(httpStatus) && kind !== 'auth' && kind !== 'quota';
}
