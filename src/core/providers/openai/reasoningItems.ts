import { isJsonObject, type JsonObject } from '../../../shared/json.ts';
import type { ModelProfile, OptionalField } from '../models/profile.ts';
import type { ModelRequest } from '../provider.ts';
import { isEmptyReasoning, isReasoning } from './outputItem.ts';

/** Names of the two ways to send reasoning back that servers may refuse. */
const leftOut = 'reasoning that is left out';
const sentBack = 'reasoning that is sent back';

/**
 * Which reasoning is sent back with the calls that follow it. By default, items with content. Servers that
 * refuse this get all of it or none.
 */
export function reasoningFilter({ refused }: ModelProfile): (item: JsonObject) => boolean {
  if (refused.has(sentBack)) return () => false;
  return refused.has(leftOut) ? () => true : (item) => !isEmptyReasoning(item);
}

/** How reasoning is sent back, adapted to a server's refusals. */
export const reasoningFields: readonly OptionalField[] = [
  {
    name: leftOut,
    inMessage: /\breasoning\b/i,
    isUsed: (request, profile) => holds(request, (item) => !reasoningFilter(profile)(item)),
  },
  {
    name: sentBack,
    // Reasoning that cannot be decrypted is a problem of one conversation, not of the server.
    inMessage: /^(?!.*encrypt).*\breasoning\b/i,
    isUsed: (request, profile) => holds(request, reasoningFilter(profile)),
  },
];

function holds({ messages }: ModelRequest, test: (reasoning: JsonObject) => boolean): boolean {
  return messages.some(
    (message) =>
      message.role === 'assistant' &&
      message.native.some((item) => isJsonObject(item) && isReasoning(item) && test(item)),
  );
}
