import { UserError } from '../base/errors.ts';
import { type HostReach, reachOf } from '../base/hostReach.ts';
import type { Provider } from './provider.ts';

/** The vendors' own base URLs, used when none is set. */
export const defaultBaseUrls = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
} as const;

/** A provider that has a base URL and a key. */
export type KeyedProviderId = keyof typeof defaultBaseUrls;

/** Base URLs by provider; the vendor's own where absent. */
export type BaseUrls = { readonly [P in KeyedProviderId]?: string };

/** All providers that have a base URL and a key. */
export const keyedProviders = Object.keys(defaultBaseUrls) as readonly KeyedProviderId[];

/** Whether a provider has a base URL and a key. */
export function isKeyedProvider(id: string): id is KeyedProviderId {
  return Object.hasOwn(defaultBaseUrls, id);
}

/** Whether a text is a valid base URL. */
export function isBaseUrl(text: string): boolean {
  try {
    return plainBaseUrl(text) !== '';
  } catch {
    return false;
  }
}

/**
 * The origin (`scheme://host:port`) of a base URL, or of the vendor's own when it is empty.
 * Throws a `UserError` for an invalid base URL.
 */
export function endpointOrigin(id: KeyedProviderId, baseUrl: string): string {
  return parseBaseUrl(baseUrl.trim() || defaultBaseUrls[id]).origin;
}

/** Whether an origin is on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  return originReach(origin) === 'loopback';
}

/** Whether requests to an origin need a key: true outside this machine and the local network. */
export function needsKey(origin: string): boolean {
  return originReach(origin) === 'public';
}

/** Whether requests go to the vendor itself, not to a compatible server. */
export function isVendorOrigin({ id, origin }: Pick<Provider, 'id' | 'origin'>): boolean {
  return isKeyedProvider(id) && new URL(defaultBaseUrls[id]).origin === origin;
}

/**
 * The normalised form of a base URL, for comparing two: origin and path without a trailing slash.
 * Throws a `UserError` for an invalid base URL.
 */
export function plainBaseUrl(baseUrl: string): string {
  const { origin, pathname } = parseBaseUrl(baseUrl);
  return origin + pathname.replace(/\/+$/, '');
}

function originReach(origin: string): HostReach {
  return reachOf(new URL(origin).hostname);
}

/** Parses and checks a base URL. Throws a `UserError` that says what to change. */
export function parseBaseUrl(baseUrl: string): URL {
  const text = baseUrl.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      'The base URL must be a complete address that starts with https:// or http://, ' +
        'such as https://api.example.com.',
    );
  }
  // The rejected parts may hold a secret, so the messages show the host only.
  if (url.username !== '' || url.password !== '') {
    throw new UserError(
      `The base URL of ${url.host} must not contain a user name or password. Set the key instead.`,
    );
  }
  if (/[?#]/.test(text)) {
    throw new UserError(
      `The base URL of ${url.host} must end with its path. Remove everything from "?" or "#" on.`,
    );
  }
  return url;
}
