import { UserError } from '../core/base/errors.ts';
import { isLoopbackOrigin } from '../core/providers/baseUrl.ts';
import type { ProxyVariables } from '../core/providers/transport/proxy.ts';
import type { Environment } from './environment.ts';

/** The proxy of a connection, or why it is not used. */
export interface ProxySettings {
  /** Absent when no proxy is set, and when it cannot be used. */
  readonly proxies?: ProxyVariables;
  /** A line for the user when a proxy is set but cannot be used. */
  readonly warning?: string;
}

/** Whether this version of Node supports proxies. The flag came with that support, in 22.21 and 24.5. */
export function nodeUsesProxies(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}

/**
 * Reads the proxy for an origin from the same variables as curl: `HTTP_PROXY` or `HTTPS_PROXY`, else
 * `ALL_PROXY`, and `NO_PROXY`. A lower-case name takes precedence unless it is empty. Connections to this
 * machine use no proxy. Throws a `UserError` for an invalid proxy address.
 */
export function proxySettings(
  environment: Environment,
  origin: string,
  isSupported: boolean,
): ProxySettings {
  if (isLoopbackOrigin(origin)) return {};
  const variable = origin.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const proxy = proxyNamed(environment, variable);
  if (proxy === undefined) return {};
  if (!isSupported) {
    const version = process.versions.node;
    return {
      warning: `Proxy variables are set but not used: Node ${version} does not support them. Use Node 24.5 or newer.`,
    };
  }
  const { name, url } = proxy;
  if (!/^https?:$/.test(url.protocol)) {
    return {
      warning: `${name} is set but not used: it starts with ${url.protocol}//, and only http:// and https:// proxies are supported.`,
    };
  }
  const except = valueIn(environment, 'NO_PROXY');
  return {
    proxies: {
      [variable]: url.href,
      ...(except === undefined ? {} : { NO_PROXY: except.value }),
    },
  };
}

interface NamedProxy {
  readonly name: string;
  readonly url: URL;
}

function proxyNamed(environment: Environment, name: string): NamedProxy | undefined {
  const found = valueIn(environment, name) ?? valueIn(environment, 'ALL_PROXY');
  if (found === undefined) return undefined;
  const url = /^[a-z][\w+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`;
  if (URL.canParse(url) && isDecodable(new URL(url)))
    return { name: found.name, url: new URL(url) };
  // The message does not show the value, which may contain a password.
  throw new UserError(
    `${found.name} is not a valid proxy address. Write it as http://host:port, with %40 for an @ in a user name or password.`,
  );
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

function valueIn(environment: Environment, name: string) {
  for (const each of [name.toLowerCase(), name]) {
    const value = environment[each]?.trim();
    if (value) return { name: each, value };
  }
  return undefined;
}
