import type { Clock } from '../../base/clock.ts';
import type { WorkSlices } from '../../base/workSlices.ts';
import type { Endpoint } from '../endpoint.ts';
import { fitRequest } from '../models/fitRequest.ts';
import type { ModelProfile } from '../models/profile.ts';
import type { ModelProfiles } from '../models/profiles.ts';
import type { ModelRequest, ModelTurn, TurnObserver } from '../provider.ts';
import { safeRequestId } from '../providerError.ts';
import { cleanServerMessage } from '../transport/cleanServerMessage.ts';
import { headerOf, type OpenResponse } from '../transport/exchange.ts';
import { type ErrorContext, withResponse } from '../transport/networkError.ts';
import { checkResponse } from '../transport/responseCheck.ts';
import type { ResponseCaps } from '../transport/responseLimits.ts';
import type { SdkClient } from '../transport/sdkClient.ts';
import { responseOf, toProviderError } from '../transport/sendOutcome.ts';
import type { AssembledTurn } from '../turn/assembler.ts';
import { DeltaBuffer } from '../turn/deltaBuffer.ts';
import { readTurn } from '../turn/readTurn.ts';
import type { RequestBodies } from '../turn/requestBodies.ts';
import { messagesWithIds } from '../turn/toolCallIds.ts';
import type { ApiProtocol } from './protocol.ts';

/** The parts of a provider that `requestTurn` uses. */
export interface RequestTurnOptions<Body> {
  readonly protocol: Pick<ApiProtocol<Body>, 'fitEffort' | 'createAssembler'>;
  readonly endpoint: Endpoint;
  /** Loads the client with the first call. A failure is never left unhandled. */
  client(): Promise<SdkClient<Body>>;
  readonly profiles: ModelProfiles;
  readonly bodies: RequestBodies;
  readonly idleTimeoutMs: number;
  /** Max time from the head of a response to the first byte of its body, in ms. */
  firstByteTimeoutMs(): number;
  readonly contentTimeoutMs: number;
  readonly caps: ResponseCaps;
  readonly clock: Clock;
  readonly slices: WorkSlices;
  /** `hasAnswered` is set once any request has succeeded. */
  readonly server: { hasAnswered: boolean };
}

/** The arguments of `Provider.turn`. */
export interface RequestedTurn {
  readonly request: ModelRequest;
  readonly observer: TurnObserver;
  readonly signal: AbortSignal;
}

/** Makes one request and reads its turn, as `Provider.turn` specifies. */
export async function requestTurn<Body>(
  options: RequestTurnOptions<Body>,
  turn: RequestedTurn,
): Promise<ModelTurn> {
  const { endpoint, profiles } = options;
  const { request, signal } = turn;
  const { host, apiKey } = endpoint;
  const { maxMessage } = options.caps;
  const hasAnswered = (): boolean => options.server.hasAnswered;
  const context = { host, apiKey, model: request.model, maxMessage, hasAnswered };
  // Loads the SDK while the profile is looked up. A failure shows when the client is used.
  void options.client();
  // Hundreds of turns may be asked for at once, when a limit opens.
  await new Promise<void>((resolve) => options.slices.run(resolve));
  const profile = await profiles.of(request, signal);
  try {
    return await streamTurn(options, turn, { context, profile });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw profiles.learnFrom(toProviderError(error, context), request, profile);
  }
}

interface Sending {
  readonly context: ErrorContext;
  readonly profile: ModelProfile;
}

async function streamTurn<Body>(
  options: RequestTurnOptions<Body>,
  turn: RequestedTurn,
  { context: sent, profile }: Sending,
): Promise<ModelTurn> {
  const { observer, signal } = turn;
  const client = await options.client();
  signal.throwIfAborted();
  const { request, notes } = fitRequest(turn.request, profile, options.protocol.fitEffort);
  for (const note of notes) observer.onNote?.(note);
  const body = options.bodies.of<Body>(request, profile);
  const open = responseOf(await client.create(body, signal), sent);
  const { response } = open;
  const context = withResponse(sent, response);
  observer.onHead?.(response.statusCode ?? 0, (name) => headerOf(response, name));
  const { cacheMiss, ...assembled } = await assembleTurn(
    options,
    { ...turn, request },
    open,
    context,
  );
  options.server.hasAnswered = true;
  if (cacheMiss !== undefined) observer.onNote?.(cacheMissNote(request.model, cacheMiss));
  const { requestId } = context;
  return requestId === undefined
    ? assembled
    : { ...assembled, requestId: safeRequestId(requestId) };
}

/** Reads the turn in a response. When that fails, the observer gets the usage so far. */
async function assembleTurn<Body>(
  options: RequestTurnOptions<Body>,
  { request, observer, signal }: RequestedTurn,
  { response, released, slices, timer }: OpenResponse,
  context: ErrorContext,
): Promise<AssembledTurn> {
  const { idleTimeoutMs, contentTimeoutMs, clock, caps } = options;
  const { maxErrorBytes } = caps;
  const firstByteTimeoutMs = options.firstByteTimeoutMs();
  const deltas = new DeltaBuffer(observer);
  const messages = messagesWithIds(request);
  const assembler = options.protocol.createAssembler({ messages, observer: deltas, context });
  const reading = {
    released,
    slices,
    timer,
    signal,
    clock,
    context,
    maxErrorBytes,
    idleTimeoutMs,
    firstByteTimeoutMs,
    contentTimeoutMs,
    caps,
    assembler,
    deltas,
    observer,
  };
  await checkResponse(response, reading);
  try {
    await readTurn(response, reading);
    return assembler.finish();
  } catch (error) {
    const spent = assembler.usage();
    if (spent !== undefined) observer.onSpent?.(spent);
    throw error;
  }
}

/** Says why part of a prompt was charged in full, in the server's words. */
function cacheMissNote(model: string, reason: string): string {
  const quoted = cleanServerMessage(reason.replaceAll('_', ' '), undefined, 80);
  return `A part of a prompt was not read from the prompt cache of ${model}: ${quoted}.`;
}
