/** An address that a call asks for, taken apart. */
export interface RequestedUrl {
  readonly scheme: 'http' | 'https';
  /** As `URL` writes it: lower case, punycode, numbers as addresses. */
  readonly host: string;
  readonly port: number;
  /** The names of the path, decoded; without the empty one in front. */
  readonly segments: readonly string[];
  /** As it is sent, without the question mark; undefined when there is no question mark. */
  readonly query: string | undefined;
  /** Why servers may understand the address otherwise than we do: no rule allows it then. */
  readonly doubt?: string;
}

/** Longest address that is looked at, in UTF-16 units. */
const maxLength = 8_000;

/** Reads the address of a call, or says why tools request no such address. */
export function readRequestedUrl(text: string): RequestedUrl | { readonly problem: string } {
  if (text.length > maxLength) return { problem: 'The address is too long.' };
  if (!URL.canParse(text)) return { problem: 'It is no complete address.' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { problem: `Only https and http are requested, not ${url.protocol}` };
  }
  if (url.username !== '' || url.password !== '' || authorityOf(text).includes('@')) {
    return { problem: 'An address with a user name or password is not requested.' };
  }
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const standardPort = scheme === 'https' ? 443 : 80;
  const segments = url.pathname.slice(1).split('/').map(decoded);
  const beforeHash = text.split('#')[0] ?? '';
  const doubt = doubtOf(text, segments);
  return {
    scheme,
    host: url.hostname,
    port: url.port === '' ? standardPort : Number(url.port),
    segments: segments.map(
      (segment, index) => segment ?? url.pathname.slice(1).split('/')[index] ?? '',
    ),
    query: beforeHash.includes('?') ? url.search.slice(1) : undefined,
    ...(doubt === undefined ? {} : { doubt }),
  };
}

/** What stands before the path, as it was written. */
function authorityOf(text: string): string {
  return /^[a-z+.-]*:[/\\]*([^/\\?#]*)/i.exec(text)?.[1] ?? '';
}

/** What programs on the way may read in different ways. */
function doubtOf(text: string, segments: readonly (string | undefined)[]): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(text)) return 'It has characters outside of plain ASCII.';
  if (text.includes('\\')) return 'It has a backslash.';
  // Nobody needs to encode a dot, and programs decode it at different moments.
  if (/^[^?#]*%2e/i.test(text)) return 'It has an encoded dot.';
  if (!/^https?:\/\/[^/]/i.test(text)) return 'It does not begin with https:// and a host.';
  const last = segments.length - 1;
  for (const [index, segment] of segments.entries()) {
    const isOdd =
      segment === undefined ||
      (segment === '' && index !== last) ||
      /^\.\.?(?:;|$)/.test(segment) ||
      /[/\\;%\p{Cc}\p{Cf}]/u.test(segment);
    if (isOdd) return 'Its path has encoded separators, dots or empty names.';
  }
  return undefined;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
