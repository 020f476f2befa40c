import type { ErrorKind } from './conversationEvents.ts';
import { errorKindTable } from './errorKinds.ts';

/** The words of each kind of error. */
export const errorWords = Object.fromEntries(
  Object.entries(errorKindTable).map(([kind, { words }]) => [kind, words]),
) as { readonly [K in ErrorKind]: string };
