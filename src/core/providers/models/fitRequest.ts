import { type ReasoningEffort, reasoningEfforts } from '../../base/reasoningEffort.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ModelRequest } from '../provider.ts';
import type { ModelProfile } from './profile.ts';

/** The effort to send. */
export interface FittedEffort {
  /** Absent when none is sent. */
  readonly effort?: ReasoningEffort;
  /** For people: what differs from the requested effort. */
  readonly note?: string;
}

/** A request that the model supports. */
export interface FittedRequest {
  readonly request: ModelRequest;
  /** For people: what was changed. */
  readonly notes: readonly string[];
}

/**
 * Adapts effort and max output tokens to what the model supports. What is unknown stays unchanged.
 * `fitEffort` is the API's.
 */
export function fitRequest(
  request: ModelRequest,
  { info, learnedMaxOutput }: Pick<ModelProfile, 'info' | 'learnedMaxOutput'>,
  fitEffort: (request: ModelRequest, info: ModelInfo | undefined) => FittedEffort,
): FittedRequest {
  const max = Math.min(info?.maxOutputTokens ?? Infinity, learnedMaxOutput ?? Infinity);
  const isWithin = request.maxOutputTokens <= max;
  if (request.effort === undefined && isWithin) return { request, notes: [] };
  const { effort: _, ...rest } = request;
  const { effort, note } = fitEffort(request, info);
  const notes = note === undefined ? [] : [note];
  if (!isWithin) {
    notes.push(
      `${request.model} answers with at most ${max} tokens: the limit of ${request.maxOutputTokens} is lowered to that.`,
    );
  }
  const maxOutputTokens = Math.min(request.maxOutputTokens, max);
  return { request: { ...rest, maxOutputTokens, ...(effort ? { effort } : {}) }, notes };
}

/** The requested effort or the nearest supported one; of two equally near ones, the lower. */
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

/** Steps between two efforts. Lower ones get half a step less, so that they win a tie. */
function distance(effort: ReasoningEffort, wanted: number): number {
  const steps = reasoningEfforts.indexOf(effort) - wanted;
  return steps < 0 ? -steps - 0.5 : steps;
}
