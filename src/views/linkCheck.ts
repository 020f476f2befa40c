/** A link that may be offered for opening. */
export interface CheckedLink {
  /** In full, in the one form a browser would request; plain ASCII. */
  readonly url: string;
  /** With the port when it is not the usual one; international names in their ASCII form. */
  readonly host: string;
}

/** Checks a link that comes from an answer; undefined for what must not be opened. Never throws. */
export function checkLink(text: string): CheckedLink | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  // What stands before an @ looks like the host and is not.
  if (url.username !== '' || url.password !== '') return undefined;
  return { url: url.href, host: url.host };
}
