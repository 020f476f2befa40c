import type { IncomingMessage, ServerResponse } from 'node:http';
import { callsPerRound } from '../workload/workload.ts';
import { anthropicApi } from './anthropic/api.ts';
import { Conversations, contentFor } from './conversations.ts';
import { createFaultPlan, type FaultPlan } from './faultPlan.ts';
import { IssuedTurns } from './issuedTurns.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { openAiApi } from './openai/api.ts';
import { type CacheUse, PromptCache } from './promptCache.ts';
import type { ReadRequest } from './readRequest.ts';
import { readBody } from './requestBody.ts';
import { RequestRefusal } from './requestRefusal.ts';
import { type Outlet, sendEvents } from './sendEvents.ts';
import type { FaultKind, SimulatorSettings } from './settings.ts';
import type { HeaderList, HttpError, Rejection, SimulatedApi } from './simulatedApi.ts';
import { Statistics } from './statistics.ts';
import { outputTokens } from './streamedTurn.ts';
import { TokenBucket } from './tokenBucket.ts';

/** The wait that an injected 429 asks for. */
const faultRetryMs = 1000;

/** The simulator's state from one reset to the next. */
export class Simulation {
  readonly statistics = new Statistics();
  readonly #settings: SimulatorSettings;
  readonly #apis: readonly SimulatedApi[];
  readonly #bucket: TokenBucket;
  readonly #issued = new IssuedTurns();
  readonly #conversations = new Conversations();
  readonly #cache = new PromptCache();
  /** A cache whose entries can be read at once: gives the max possible reads. */
  readonly #eagerCache = new PromptCache();
  readonly #faults: FaultPlan;
  readonly #open = new Set<ServerResponse>();

  constructor(settings: SimulatorSettings) {
    const { limit } = settings;
    this.#settings = settings;
    this.#apis = [anthropicApi(settings), openAiApi(settings)];
    this.#bucket = new TokenBucket(limit.requestsPerMinute, limit.burst, performance.now());
    this.#faults = createFaultPlan(settings.faults, settings.seed);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.statistics.arrived(request.socket);
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      this.statistics.left();
    });
    readBody(request, (text) => this.#answer(request, response, text));
  }

  /** Aborts all responses in flight. */
  end(): void {
    for (const response of this.#open) response.destroy();
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    // Some SDKs add a query, such as `?beta=true`.
    const [path] = (request.url ?? '').split('?');
    const api = this.#apis.find((one) => one.path === path);
    if (api === undefined || request.method !== 'POST') {
      this.#refuse(response, this.#apis[0] as SimulatedApi, notFound(request));
      return;
    }
    try {
      if (this.#settings.anyHeaders !== true) api.checkHeaders(request.headers);
      if (!this.#bucket.take(performance.now())) {
        this.statistics.rateLimited += 1;
        const waitMs = this.#bucket.untilNextMs(performance.now());
        const extra = api.retryHeaders(waitMs);
        this.#sendError(response, api, { ...api.rejection('rate_limited'), extra });
        return;
      }
      const read = api.read(parseBody(text), this.#issued);
      this.#conversations.checkPrefix(read);
      this.#admit(response, api, read);
    } catch (error) {
      if (!(error instanceof RequestRefusal)) throw error;
      this.#refuse(response, api, error);
    }
  }

  #admit(response: ServerResponse, api: SimulatedApi, read: ReadRequest): void {
    const { conversation, results, newCallIds } = read;
    this.statistics.accepted(conversation, newCallIds);
    const turn = results.length / callsPerRound;
    const attempt = this.#conversations.nextAttempt(conversation, turn);
    const fault = this.#faults.faultFor(conversation, turn, attempt);
    if (fault !== undefined) this.statistics.fault(fault);
    // Look up now, when the request reads. Others can read its entries once its response begins.
    const prompt = api.cacheable(read);
    const use = this.#cache.use(prompt);
    const possible = this.#eagerCache.use(prompt);
    this.#eagerCache.publish(possible.entries);
    const limits = this.#settings.limit.headers === 'arrival' ? this.#limits(api) : undefined;
    const timer = setTimeout(
      () => this.#respond({ response, api, read, fault, use, possible, limits }),
      this.#settings.ttfbMs,
    );
    response.once('close', () => clearTimeout(timer));
  }

  #respond({ response, api, read, fault, use, possible, limits }: Responding): void {
    if (isRejection(fault)) {
      const extra = fault === 'rate_limited' ? api.retryHeaders(faultRetryMs) : [];
      this.#sendError(response, api, { ...api.rejection(fault), extra, limits });
      return;
    }
    this.#cache.publish(use.entries);
    this.statistics.tokens(use, possible);
    const content = contentFor(this.#settings, read);
    const tokens = { ...use, output: outputTokens(content) };
    const serial = this.#issued.nextSerial();
    const turn = api.stream({ request: read, content, tokens, serial });
    if (turn.issued !== undefined) this.#issued.add(turn.issued);
    response.writeHead(
      200,
      this.#headers(api, ['content-type', 'text/event-stream; charset=utf-8'], limits),
    );
    const outlet: Outlet = {
      response,
      gapMs: this.#settings.eventGapMs,
      errorEvent: api.errorEvent,
      onComplete: () => {
        this.statistics.completed += 1;
        this.statistics.toolCalls += turn.issued?.callIds.length ?? 0;
        this.statistics.events += turn.events.length;
        if (turn.issued !== undefined) turn.issued.complete = true;
      },
    };
    sendEvents(turn, fault, outlet);
  }

  #refuse(response: ServerResponse, api: SimulatedApi, refusal: RequestRefusal): void {
    this.statistics.invalid(refusal.message);
    this.#sendError(response, api, api.refusal(refusal));
  }

  #sendError(response: ServerResponse, api: SimulatedApi, error: ErrorReply): void {
    const { status, body, extra = [], limits } = error;
    const first = ['content-type', 'application/json', ...extra];
    response.writeHead(status, this.#headers(api, first, limits));
    response.end(JSON.stringify(body));
  }

  /** `limits` are those at the request's arrival; without them, uses the current ones. */
  #headers(api: SimulatedApi, first: readonly string[], limits = this.#limits(api)): string[] {
    return [...first, ...limits, api.requestIdHeader, `req_${this.#issued.nextSerial()}`];
  }

  #limits(api: SimulatedApi): HeaderList {
    const { headers, requestsPerMinute } = this.#settings.limit;
    if (headers === 'none') return [];
    return api.limitHeaders(this.#bucket, requestsPerMinute, performance.now());
  }
}

interface ErrorReply extends HttpError {
  readonly extra?: HeaderList;
  readonly limits?: HeaderList | undefined;
}

interface Responding {
  readonly response: ServerResponse;
  readonly api: SimulatedApi;
  readonly read: ReadRequest;
  readonly fault: FaultKind | undefined;
  readonly use: CacheUse;
  readonly possible: CacheUse;
  /** The headers about rate limits; the current state when absent. */
  readonly limits: HeaderList | undefined;
}

function isRejection(fault: FaultKind | undefined): fault is Rejection {
  return fault === 'rate_limited' || fault === 'overloaded' || fault === 'internal';
}

function parseBody(text: string): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new RequestRefusal('The request body is not valid JSON');
  }
  if (isJsonObject(body)) return body;
  throw new RequestRefusal('The request body is not a JSON object');
}

function notFound({ method, url }: IncomingMessage): RequestRefusal {
  return new RequestRefusal(`${method} ${url}: not found`, {
    status: 404,
    code: 'not_found_error',
  });
}
