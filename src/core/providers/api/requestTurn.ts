import type { Clock } from '../../base/clock.ts';
import type { Endpoint } from '../endpoint.ts';
import { fitRequest, type ModelProfile } from '../models/fitRequest.ts';
import type { ModelProfiles } from '../models/profiles.ts';
import type { ModelRequest, ModelTurn, TurnObserver } from '../provider.ts';
import { safeRequestId } from '../providerError.ts';
import { headerOf } from '../transport/exchange.ts';
import type { ErrorContext } from '../transport/networkError.ts';
import { checkResponse } from '../transport/responseCheck.ts';
import type { HttpCaps } from '../transport/responseLimits.ts';
import type { SdkClient } from '../transport/sdkClient.ts';
import { answerOf, toProviderError } from '../transport/sendOutcome.ts';
import { cleanServerMessage } from '../transport/serverMessage.ts';
import { PieceGatherer } from '../turn/deltaBuffer.ts';
import { readTurn } from '../turn/readTurn.ts';
import type { TurnBodies } from '../turn/requestBodies.ts';
import type { HttpProtocol } from './protocol.ts';

export interface HttpTurnOptions<Body> {
  readonly protocol: HttpProtocol<Body>;
  readonly endpoint: Endpoint;
  /** Loads it for the first call; nothing is left unhandled when that fails. */
  client(): Promise<SdkClient<Body>>;
  readonly profiles: ModelProfiles;
  readonly bodies: TurnBodies<Body>;
  readonly idleTimeoutMs: number;
  /** Milliseconds that the first byte of a body may take, once its head has arrived. */
  firstByteTimeoutMs(): number;
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
    throw profiles.heed(toProviderError(error, context), request, profile);
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
  const { request, notes } = fitRequest(turn.request, profile, protocol.fitEffort);
  for (const note of notes) observer.onNote?.(note);
  const body = options.bodies.of(request, profile);
  const { response, released } = answerOf(await client.create(body, signal), sent);
  const requestId = headerOf(response, 'request-id') ?? headerOf(response, 'x-request-id');
  const httpStatus = response.statusCode ?? 0;
  const context = { ...sent, httpStatus, requestId };
  observer.onHead?.(httpStatus, (name) => headerOf(response, name));

  const { idleTimeoutMs, contentTimeoutMs, clock, caps } = options;
  const { maxErrorBytes } = caps;
  const firstByteTimeoutMs = options.firstByteTimeoutMs();
  const reading = {
    ...{ released, signal, clock, context, maxErrorBytes },
    ...{ idleTimeoutMs, firstByteTimeoutMs },
  };
  await checkResponse(response, reading);
  const { messages } = request;
  const pieces = new PieceGatherer(observer);
  const assembler = protocol.createAssembler({ messages, observer: pieces, context });
  try {
    await readTurn(response, { ...reading, assembler, pieces, observer, contentTimeoutMs, caps });
    const { cacheMiss, ...assembled } = assembler.finish();
    options.proof.hasAnswered = true;
    if (cacheMiss !== undefined) observer.onNote?.(cacheMissNote(request.model, cacheMiss));
    return requestId === undefined
      ? assembled
      : { ...assembled, requestId: safeRequestId(requestId) };
  } catch (error) {
    const spent = assembler.usage();
    if (spent !== undefined) observer.onSpent?.(spent);
    throw error;
  }
}

/** Why more of a prompt was paid for in full than need be, in the server's words. */
function cacheMissNote(model: string, reason: string): string {
  const words = cleanServerMessage(reason.replaceAll('_', ' '), undefined, 80);
  return `A part of a prompt was not read from the prompt cache of ${model}: ${words}.`;
}
