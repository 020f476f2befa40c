import { isJsonObject, type JsonObject } from '../../base/jsonObject.ts';
import type { OwnField } from '../api/protocol.ts';
import type { ModelProfile } from '../models/fitRequest.ts';
import type { ModelRequest } from '../provider.ts';
import { isLostReasoning, isReasoning } from './outputItem.ts';

/** What servers refuse about reasoning that is sent back: that some is left out, or that it is there. */
const leftOut = 'reasoning that is left out';
const sentBack = 'reasoning that is sent back';

/**
 * Which reasoning goes along with the calls it led to. At first it is what can be read from the item
 * itself. Servers that do not keep to that say so, each in its way, and are given what they take: all of it,
 * or none.
 */
export function reasoningFilter({ refused }: ModelProfile): (item: JsonObject) => boolean {
  if (refused.has(sentBack)) return () => false;
  return refused.has(leftOut) ? () => true : (item) => !isLostReasoning(item);
}

/** What is learned of reasoning from a server's refusals: each of them once. */
export const reasoningQuirks: readonly OwnField[] = [
  {
    name: leftOut,
    inMessage: /\breasoning\b/i,
    isIn: (request, profile) => holds(request, (item) => !reasoningFilter(profile)(item)),
  },
  {
    name: sentBack,
    // What can no longer be decrypted is the fault of one history, not the way of a server.
    inMessage: /^(?!.*encrypt).*\breasoning\b/i,
    isIn: (request, profile) => holds(request, reasoningFilter(profile)),
  },
];

function holds({ messages }: ModelRequest, test: (reasoning: JsonObject) => boolean): boolean {
  return messages.some(
    (message) =>
      message.role === 'assistant' &&
      message.native.some((item) => isJsonObject(item) && isReasoning(item) && test(item)),
  );
}
