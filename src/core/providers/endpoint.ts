import { UserError } from '../base/errors.ts';
import { type HostReach, reachOf } from '../base/hostReach.ts';
import { parseBaseUrl } from './baseUrl.ts';

/** Where requests go, and the key they carry. */
export interface Endpoint {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** `scheme://host:port` */
  readonly origin: string;
  /** `host:port`, for messages. */
  readonly host: string;
  readonly apiKey: string | undefined;
}

/**
 * Checks a base URL and its key before anything is sent. A key never leaves this machine
 * unencrypted: plain http with a key is allowed for loopback hosts only. Plain http without a key is
 * allowed on the local network too. Public hosts need https and a key.
 * Throws a `UserError` that says what to change.
 */
export function resolveEndpoint(baseUrl: string, apiKey: string | undefined): Endpoint {
  const url = parseBaseUrl(baseUrl);
  const key = checkKey(apiKey, url.host);
  checkTransport(url, key, reachOf(url.hostname));
  return {
    baseUrl: url.origin + url.pathname.replace(/\/+$/, ''),
    origin: url.origin,
    host: url.host,
    apiKey: key,
  };
}

function checkKey(apiKey: string | undefined, host: string): string | undefined {
  const key = apiKey?.trim();
  if (key === undefined || key === '') return undefined;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new UserError(
    `The key for ${host} contains a blank or another character that a key cannot have. ` +
      'Copy it again and set it anew.',
  );
}

function checkTransport(url: URL, key: string | undefined, reach: HostReach): void {
  if (reach === 'loopback') return;
  if (url.protocol === 'http:') {
    if (reach === 'public') {
      throw new UserError(`Requests to ${url.host} would not be encrypted. Use https:// instead.`);
    }
    if (key !== undefined) {
      throw new UserError(
        `The key for ${url.host} would be sent unencrypted. Use https://, or leave the key out.`,
      );
    }
  }
  if (reach === 'public' && key === undefined) {
    throw new UserError(`There is no key for ${url.host}. Set one and start again.`);
  }
}
