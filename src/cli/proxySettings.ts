import { UserError } from '../core/base/errors.ts';
import { isLoopbackOrigin } from '../core/providers/baseUrl.ts';
import type { ProxyVariables } from '../core/providers/transport/proxy.ts';
import type { Environment } from './environment.ts';

/** The proxies that the environment names, or why they are not used. */
export interface ProxySettings {
  /** None where the environment names none that can be used. */
  readonly proxies?: ProxyVariables;
  /** One line for a person who has set what has no effect. */
  readonly remark?: string;
}

/** Since Node 24.5 and 22.21, which have this flag, Node's connections can use proxies. */
export function nodeUsesProxies(): boolean {
  return process.allowedNodeEnvironmentFlags.has('--use-env-proxy');
}

/**
 * Reads the proxy for an origin from the variables that curl and most programs know. A lower-case name
 * wins over its upper-case one, unless it is empty; `ALL_PROXY` stands in for a missing one. Nothing on
 * this machine is asked through a proxy. Throws a `UserError` for an address that is none.
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
      remark: `Proxy variables are set but not used: Node ${version} does not support them. Use Node 24.5 or newer.`,
    };
  }
  const { name, url } = proxy;
  if (!/^https?:$/.test(url.protocol)) {
    return {
      remark: `${name} is set but not used: only proxies with http:// or https:// are supported, and this one has ${url.protocol}//.`,
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
  // Its value may hold a password.
  throw new UserError(
    `${found.name} is not the address of a proxy. Write it as http://host:port, with %40 for an @ in a user name or password.`,
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
