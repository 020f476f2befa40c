import type { Reading } from '../reading.ts';
import type { RuleEffect } from '../ruleSystem.ts';
import type { LooseUrl } from './looseUrl.ts';
import { loosePath } from './looseUrl.ts';
import type { RequestedUrl } from './requestedUrl.ts';
import { readRequestedUrl } from './requestedUrl.ts';

/** Addresses that a rule is about. */
export interface UrlSpecifier {
  readonly kind: 'url';
  readonly form: 'domain' | 'address';
  /** As `URL` writes it; with `anySubdomain` all that end in it, too. */
  readonly host: string;
  readonly anySubdomain: boolean;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  /** Whether the port was written down. Only then the rule opens an address of a private network. */
  readonly namesPort: boolean;
  readonly path: UrlPath;
  readonly query: UrlQuery;
}

/** Any path; the very names; or these names and at least one more. */
export type UrlPath =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact' | 'below'; readonly segments: readonly string[] };

/** Any query or none; none; this one; or all that begin with this. */
export type UrlQuery =
  | { readonly kind: 'any' }
  | { readonly kind: 'none' }
  | { readonly kind: 'exact' | 'prefix'; readonly text: string };

const domainForm = /^domain:(\*\.)?([^\s/:@?#\\[\]*%]+)(?::(\d{1,5}))?$/;
const addressForm = /^(https?):\/\/([^/?#]+)(\/[^?#]*)?(?:\?([^#]*))?$/;

/** Reads what stands in `fetch_url(…)`. */
export function readUrlSpecifier(text: string, effect: RuleEffect): Reading<UrlSpecifier> {
  if (text.startsWith('domain:')) return readDomain(text, effect);
  return readAddress(text);
}

function readDomain(text: string, effect: RuleEffect): Reading<UrlSpecifier> {
  const found = domainForm.exec(text);
  const host = found?.[2] === undefined ? undefined : hostOf(found[2]);
  if (found === null || host === undefined) {
    return { problem: 'After "domain:" stands one host, as in domain:docs.example.com.' };
  }
  const anySubdomain = found[1] !== undefined;
  if (anySubdomain && effect === 'allow') {
    return { problem: 'A rule that allows names one host. Write one rule for each host.' };
  }
  const port = portOf(found[3], 443);
  if (port === undefined) return { problem: 'A port is a number from 1 to 65535.' };
  return {
    value: {
      kind: 'url',
      form: 'domain',
      host,
      anySubdomain,
      scheme: 'https',
      port,
      namesPort: found[3] !== undefined,
      path: { kind: 'any' },
      query: { kind: 'any' },
    },
  };
}

function readAddress(text: string): Reading<UrlSpecifier> {
  const found = addressForm.exec(text);
  const [, scheme, authority = '', rawPath = '/', rawQuery] = found ?? [];
  if (scheme !== 'http' && scheme !== 'https') {
    return { problem: 'Write domain:HOST, or an address such as https://example.com/api/*.' };
  }
  const [, rawHost = '', rawPort] =
    /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = hostOf(rawHost);
  const port = portOf(rawPort, scheme === 'https' ? 443 : 80);
  if (host === undefined || port === undefined) {
    return { problem: 'The address names one host, without user name, "*" or dot at its end.' };
  }
  const path = readPath(rawPath);
  if ('problem' in path) return path;
  const query = readQuery(rawQuery);
  if ('problem' in query) return query;
  const parts = { path: path.value, query: query.value };
  const namesPort = rawPort !== undefined;
  return {
    value: {
      kind: 'url',
      form: 'address',
      host,
      anySubdomain: false,
      scheme,
      port,
      namesPort,
      ...parts,
    },
  };
}

function hostOf(text: string): string | undefined {
  if (text === '' || /[*@%\s\\]/.test(text) || text.endsWith('.')) return undefined;
  const url = `https://${text}/`;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === '' || host.endsWith('.') ? undefined : host;
}

function portOf(text: string | undefined, standard: number): number | undefined {
  if (text === undefined) return standard;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function readPath(text: string): Reading<UrlPath> {
  const isOpen = text.endsWith('/*');
  const fixed = isOpen ? text.slice(0, -1) : text;
  if (fixed.includes('*')) {
    return {
      problem: 'In a path, "*" stands only at the end, after a slash: https://example.com/api/*.',
    };
  }
  const read = readRequestedUrl(`https://example.com${fixed}`);
  if (
    'problem' in read ||
    read.doubt !== undefined ||
    decodedPath(read.segments) !== decodedText(fixed)
  ) {
    return { problem: 'The path must be plain: no "..", "//", ";", "\\" or encoded separators.' };
  }
  if (!isOpen) return { value: { kind: 'exact', segments: read.segments } };
  // The empty name after the last slash stands for whatever follows.
  return { value: { kind: 'below', segments: read.segments.slice(0, -1) } };
}

function decodedPath(segments: readonly string[]): string {
  return `/${segments.join('/')}`;
}

function decodedText(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function readQuery(text: string | undefined): Reading<UrlQuery> {
  if (text === undefined) return { value: { kind: 'none' } };
  if (text === '*') return { value: { kind: 'any' } };
  const isOpen = text.endsWith('*');
  const fixed = isOpen ? text.slice(0, -1) : text;
  if (fixed.includes('*') || !/^[\x21-\x7e]*$/.test(fixed)) {
    return {
      problem: 'In a query, "*" stands only at the end, and other characters are plain ASCII.',
    };
  }
  return { value: { kind: isOpen ? 'prefix' : 'exact', text: fixed } };
}

/** Whether an allow rule covers an address. */
export function coversUrl(rule: UrlSpecifier, url: RequestedUrl): boolean {
  if (url.doubt !== undefined) return false;
  const isSameServer =
    url.host === rule.host && url.port === rule.port && url.scheme === rule.scheme;
  return isSameServer && coversPath(rule.path, url.segments) && coversQuery(rule.query, url.query);
}

function coversPath(path: UrlPath, segments: readonly string[]): boolean {
  if (path.kind === 'any') return true;
  const isBelow = path.segments.every((segment, index) => segments[index] === segment);
  if (path.kind === 'exact') return isBelow && segments.length === path.segments.length;
  return isBelow && segments.length > path.segments.length;
}

function coversQuery(query: UrlQuery, found: string | undefined): boolean {
  switch (query.kind) {
    case 'any':
      return true;
    case 'none':
      return found === undefined;
    case 'exact':
      return found === query.text;
    case 'prefix':
      return found?.startsWith(query.text) === true;
  }
}

/** Whether a rule that denies or asks is about an address: whatever the scheme and the spelling. */
export function touchesUrl(rule: UrlSpecifier, url: LooseUrl): boolean {
  const isHost =
    url.host === rule.host || (rule.anySubdomain && url.host.endsWith(`.${rule.host}`));
  if (!isHost || (rule.namesPort && url.port !== rule.port)) return false;
  if (rule.path.kind === 'any') return true;
  const wanted = loosePath(decodedPath(rule.path.segments));
  const isBelow = rule.path.kind === 'below';
  const start = wanted === '/' ? wanted : `${wanted}/`;
  const isPath = url.paths.some((path) => path === wanted || (isBelow && path.startsWith(start)));
  // A rule without a query means the page with any.
  return isPath && (rule.query.kind === 'none' || coversQuery(rule.query, url.query));
}
