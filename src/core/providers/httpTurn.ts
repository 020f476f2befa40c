import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Endpoint } from './endpoint.ts';
import { fitRequest, type ModelProfile } from './fitRequest.ts';
import { type BodyReading, readBody, stallRemedy } from './http/bodyReader.ts';
import { headerOf } from './http/exchange.ts';
import { type IdleWatch, startIdleWatch } from './http/idleWatch.ts';
import type { ErrorContext } from './http/networkError.ts';
import { checkResponse } from './http/responseCheck.ts';
import { type SseEvent, SseReader } from './http/sseReader.ts';
import { answerOf, toProviderError } from './httpAnswer.ts';
import type { HttpCaps } from './httpLimits.ts';
import type { HttpProtocol } from './httpProtocol.ts';
import type { ModelProfiles } from './modelProfiles.ts';
import { PieceGatherer } from './pieceGatherer.ts';
import type { ModelRequest, ModelTurn, TurnObserver } from './provider.ts';
import { ProviderError, safeRequestId } from './providerError.ts';
import type { SdkClient } from './sdkClient.ts';
import { protocolError, type TurnAssembler } from './turnAssembler.ts';
import type { TurnBodies } from './turnBodies.ts';

export interface HttpTurnOptions<Body> {
  readonly protocol: HttpProtocol<Body>;
  readonly endpoint: Endpoint;
  /** Loads it for the first call; nothing is left unhandled when that fails. */
  client(): Promise<SdkClient<Body>>;
  readonly profiles: ModelProfiles;
  readonly bodies: TurnBodies<Body>;
  readonly idleTimeoutMs: number;
  readonly contentTimeoutMs: number;
  readonly caps: HttpCaps;
  readonly clock: Clock;
  /** Set as soon as a request to this server has worked. */
  readonly proof: { hasAnswered: boolean };
}

export interface HttpTurn {
  readonly request: ModelRequest;
  readonly observer: TurnObserver;
  readonly signal: AbortSignal;
}

/** One request from its making to its last event, as `Provider.turn` promises it. */
export async function runHttpTurn<Body>(
  options: HttpTurnOptions<Body>,
  turn: HttpTurn,
): Promise<ModelTurn> {
  const { endpoint, profiles } = options;
  const { request, signal } = turn;
  const { host, apiKey } = endpoint;
  const { maxMessage } = options.caps;
  const hasAnswered = (): boolean => options.proof.hasAnswered;
  const context = { host, apiKey, model: request.model, maxMessage, hasAnswered };
  // The SDK is loaded meanwhile; whether it can be is seen when it is used.
  void options.client();
  const profile = await profiles.of(request, signal);
  try {
    return await streamTurn(options, turn, { context, profile });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw profiles.heed(toProviderError(error, context), request.model, profile);
  }
}

interface Sending {
  readonly context: ErrorContext;
  readonly profile: ModelProfile;
}

async function streamTurn<Body>(
  options: HttpTurnOptions<Body>,
  turn: HttpTurn,
  { context: sent, profile }: Sending,
): Promise<ModelTurn> {
  const { observer, signal } = turn;
  const client = await options.client();
  signal.throwIfAborted();
  const { protocol } = options;
  const { request, notes } = fitRequest(turn.request, profile.info, protocol.fitEffort);
  for (const note of notes) observer.onNote?.(note);
  const body = options.bodies.of(request, profile);
  const { response, released } = answerOf(await client.create(body, signal), sent);
  const requestId = headerOf(response, 'request-id') ?? headerOf(response, 'x-request-id');
  const httpStatus = response.statusCode ?? 0;
  const context = { ...sent, httpStatus, requestId };
  observer.onHead?.(httpStatus, (name) => headerOf(response, name));

  const { idleTimeoutMs, contentTimeoutMs, clock, caps } = options;
  const { maxErrorBytes } = caps;
  const reading = { released, signal, idleTimeoutMs, clock, context, maxErrorBytes };
  await checkResponse(response, reading);
  const { messages } = request;
  const pieces = new PieceGatherer(observer);
  const assembler = protocol.createAssembler({ messages, observer: pieces, context });
  const watch = startIdleWatch(clock, contentTimeoutMs, () =>
    response.destroy(nothingNew(context, contentTimeoutMs)),
  );
  try {
    await readTurn(response, { ...reading, assembler, pieces, observer, watch, caps });
  } catch (error) {
    const spent = assembler.usage();
    if (spent !== undefined) observer.onSpent?.(spent);
    throw error;
  } finally {
    watch.stop();
  }
  options.proof.hasAnswered = true;
  const assembled = assembler.finish();
  return requestId === undefined
    ? assembled
    : { ...assembled, requestId: safeRequestId(requestId) };
}

interface TurnReading extends Omit<BodyReading, 'onChunk'> {
  readonly assembler: TurnAssembler;
  readonly pieces: PieceGatherer;
  readonly observer: TurnObserver;
  /** Hears of every event that is more than a sign of life. */
  readonly watch: IdleWatch;
  readonly caps: HttpCaps;
}

/** Events by which a server says that it is still there, and nothing else. */
const signsOfLife: ReadonlySet<string> = new Set(['ping', 'keepalive', 'heartbeat']);

/** Reads events until the last one. Resolves only when that has been seen. */
async function readTurn(response: IncomingMessage, reading: TurnReading): Promise<void> {
  const { assembler, pieces, observer, watch, context } = reading;
  const { maxEventBytes, maxTurnBytes } = reading.caps;
  let complete = false;
  let begun = false;
  let hasNews = false;
  let bytes = 0;
  const onEvent = (event: SseEvent): void => {
    // A server may go on after the last event; nothing of it belongs to the turn.
    if (complete) return;
    if (!signsOfLife.has(event.name)) hasNews = true;
    complete = assembler.accept(event);
    if (begun) return;
    begun = true;
    observer.onBegin?.();
  };
  const isRead = (name: string): boolean => assembler.reads?.(name) ?? true;
  const reader = new SseReader(onEvent, maxEventBytes, isRead);
  const onChunk = (chunk: Buffer): boolean => {
    bytes += chunk.length;
    if (bytes > maxTurnBytes) throw tooLarge(`it is larger than ${maxTurnBytes} bytes`, context);
    try {
      reader.push(chunk);
    } catch (error) {
      throw error instanceof RangeError ? tooLarge(error.message, context) : error;
    } finally {
      pieces.flush();
    }
    if (hasNews) watch.heard();
    hasNews = false;
    return complete;
  };
  await readBody(response, { ...reading, onChunk });
  reader.end();
  pieces.flush();
  if (!complete) throw endedEarly(begun, context);
}

function tooLarge(problem: string, context: ErrorContext): ProviderError {
  const { message, kind, httpStatus, requestId } = protocolError(problem, context);
  return new ProviderError(message, { kind, httpStatus, requestId, retryable: false });
}

function endedEarly(begun: boolean, context: ErrorContext): ProviderError {
  const { host, httpStatus, requestId } = context;
  // A body without a single event is more likely no API at all than a connection that broke.
  const kind = begun ? 'network' : 'protocol';
  return new ProviderError(
    `The answer of ${host} ended before it was complete. Retry, and see whether something on the way cuts long answers off.`,
    { kind, httpStatus, requestId },
  );
}

function nothingNew({ host, requestId }: ErrorContext, contentTimeoutMs: number): ProviderError {
  const seconds = Math.round(contentTimeoutMs / 1000);
  return new ProviderError(
    `${host} keeps the connection open but has sent nothing of its answer for ${seconds} s. ${stallRemedy}`,
    { kind: 'network', requestId, brief: `nothing of the answer for ${seconds} s` },
  );
}
