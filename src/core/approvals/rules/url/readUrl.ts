import type { LooseUrl } from './looseUrl.ts';
import { readLooseUrl } from './looseUrl.ts';
import type { RequestedUrl } from './requestedUrl.ts';
import { readRequestedUrl } from './requestedUrl.ts';

/** The address of a call, read once for all rules: strictly, and as servers of all kinds might. */
export interface ReadUrl {
  readonly requested: RequestedUrl | { readonly problem: string };
  readonly loose: LooseUrl | undefined;
}

/** Reads an address both ways; one that is not requested only strictly. */
export function readUrl(text: string): ReadUrl {
  const requested = readRequestedUrl(text);
  return { requested, loose: 'problem' in requested ? undefined : readLooseUrl(text) };
}
