/** A link that may be offered for opening. */
export interface CheckedLink {
  /** The full address, in the form that a browser would request; plain ASCII. */
  readonly url: string;
  /** Includes a non-default port; international names are in their ASCII form. */
  readonly host: string;
}

/**
 * Checks a link from an answer. Returns undefined for a link that must not be opened. Never throws.
 */
export function checkLink(text: string): CheckedLink | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  // In `https://bank.example@evil.example`, the user name looks like the host.
  if (url.username !== '' || url.password !== '') return undefined;
  return { url: url.href, host: url.host };
}
