import { UserError } from '../base/errors.ts';
import { type HostReach, reachOf } from './hostReach.ts';
import type { Provider } from './provider.ts';

/** Where each API lives when no base URL is set. */
export const defaultBaseUrls = {
  anthropic: 'https://api.anthropic.com',
  openai: 'https://api.openai.com/v1',
} as const;

/**
 * `scheme://host:port` that requests go to for a base URL, or for the provider's own when it is
 * empty. Throws a `UserError` for a base URL that is none.
 */
export function endpointOrigin(id: keyof typeof defaultBaseUrls, baseUrl: string): string {
  return parseBaseUrl(baseUrl.trim() || defaultBaseUrls[id]).origin;
}

/** Whether requests to an origin stay on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  return originReach(origin) === 'loopback';
}

/** Whether nothing may be sent to an origin without a key: true outside this machine and network. */
export function needsKey(origin: string): boolean {
  return originReach(origin) === 'public';
}

/** Whether requests go to the vendor itself and not to a server that speaks the same API. */
export function isVendorOrigin({ id, origin }: Pick<Provider, 'id' | 'origin'>): boolean {
  const hasVendor = id === 'anthropic' || id === 'openai';
  return hasVendor && new URL(defaultBaseUrls[id]).origin === origin;
}

/**
 * A base URL in the one form in which two are compared: `scheme://host:port` and the path, without a slash
 * at its end. Throws a `UserError` for a base URL that is none.
 */
export function plainBaseUrl(baseUrl: string): string {
  const { origin, pathname } = parseBaseUrl(baseUrl);
  return origin + pathname.replace(/\/+$/, '');
}

function originReach(origin: string): HostReach {
  return reachOf(new URL(origin).hostname);
}

/** Reads a base URL. Throws a `UserError` that says what to change. */
export function parseBaseUrl(baseUrl: string): URL {
  const text = baseUrl.trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UserError(
      'The base URL must be a complete address that starts with https:// or http://, ' +
        'such as https://api.example.com.',
    );
  }
  // What stands in these parts may be a secret, so the messages show the host only.
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
