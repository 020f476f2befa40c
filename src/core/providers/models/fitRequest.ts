import { type ReasoningEffort, reasoningEfforts } from '../../base/reasoningEffort.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest } from '../provider.ts';

/** What is known of a model when a request to it is built. */
export interface ModelProfile {
  /** Undefined when the server does not say, or has not said it in time. */
  readonly info?: ModelInfo | undefined;
  /** What requests carry, or leave out, of our own accord and the server has refused, by their names. */
  readonly refused: ReadonlySet<string>;
  /** The longest answer in tokens that the server takes a request for, as its refusals have told. */
  readonly mostOutputTokens?: number | undefined;
  /** Whether the server is the vendor's own, which takes fields that others may not know. */
  readonly isVendor: boolean;
}

export const unknownModel: ModelProfile = { refused: new Set(), isVendor: false };

/** An effort as it is sent. */
export interface FittedEffort {
  /** Absent when none is sent. */
  readonly effort?: ReasoningEffort;
  /** What a person is told when it is not what was asked for. */
  readonly note?: string;
}

/** A request that the model takes, and what was changed for that, in words for a person. */
export interface FittedRequest {
  readonly request: ModelRequest;
  readonly notes: readonly string[];
}

/**
 * Fits a request to what the model allows. Where nothing is known of that, it stays what it is.
 * `fitEffort` is the API's own.
 */
export function fitRequest(
  request: ModelRequest,
  { info, mostOutputTokens: told }: Pick<ModelProfile, 'info' | 'mostOutputTokens'>,
  fitEffort: (request: ModelRequest, info: ModelInfo | undefined) => FittedEffort,
): FittedRequest {
  const most = Math.min(info?.maxOutputTokens ?? Infinity, told ?? Infinity);
  const isWithin = request.maxOutputTokens <= most;
  if (request.effort === undefined && isWithin) return { request, notes: [] };
  const { effort: _, ...rest } = request;
  const { effort, note } = fitEffort(request, info);
  const notes = note === undefined ? [] : [note];
  if (request.maxOutputTokens > most) {
    notes.push(
      `${request.model} answers with at most ${most} tokens: the limit of ${request.maxOutputTokens} is lowered to that.`,
    );
  }
  const maxOutputTokens = Math.min(request.maxOutputTokens, most);
  return { request: { ...rest, maxOutputTokens, ...(effort ? { effort } : {}) }, notes };
}

/** The effort that was asked for, or the supported one that is nearest to it: the lower of two. */
export function nearestEffort(
  { model, effort }: ModelRequest,
  supported: readonly ReasoningEffort[] | undefined,
): FittedEffort {
  if (effort === undefined) return {};
  if (supported === undefined || supported.includes(effort)) return { effort };
  const wanted = reasoningEfforts.indexOf(effort);
  const [nearest] = supported.toSorted((a, b) => distance(a, wanted) - distance(b, wanted));
  const lead = `${model} has no reasoning effort "${effort}"`;
  if (nearest === undefined) return { note: `${lead} and no other: none is sent.` };
  return { effort: nearest, note: `${lead}: "${nearest}" is used.` };
}

/** Half a step less for those below, so that of two that are equally far the lower one is nearer. */
function distance(effort: ReasoningEffort, wanted: number): number {
  const steps = reasoningEfforts.indexOf(effort) - wanted;
  return steps < 0 ? -steps - 0.5 : steps;
}
