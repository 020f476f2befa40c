import { errorKindTable } from './errorKinds.ts';
import type { ErrorKind } from './outcome.ts';

/** Error kinds in words, the same in every view. They stand alone or before a colon. */
export const errorWords = Object.fromEntries(
  Object.entries(errorKindTable).map(([kind, { words }]) => [kind, words]),
) as { readonly [K in ErrorKind]: string };
