import { ProviderError } from '../providerError.ts';

/** The variables that name proxies, in the one form that Node's agents are given. */
export interface ProxyVariables {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** The proxy that requests to an origin use, unless `NO_PROXY` names its host. */
export function proxyOf(origin: string, variables: ProxyVariables): URL | undefined {
  const { HTTPS_PROXY, HTTP_PROXY } = variables;
  const named = origin.startsWith('https:') ? HTTPS_PROXY : HTTP_PROXY;
  return named === undefined ? undefined : new URL(named);
}

/** Says what a failed connection has to do with the proxy; undefined when it is not the proxy's. */
export function proxyFailure(error: Error, proxy: URL, host: string): ProviderError | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const details = { kind: 'network', code, cause: error } as const;
  if (code === 'ERR_PROXY_TUNNEL') {
    const status = 'statusCode' in error ? Number(error.statusCode) : 0;
    const words = refusalWords(status, proxy.host, host);
    if (words === undefined) {
      const message = `The proxy ${proxy.host} could not reach ${host} (HTTP ${status}). Check the network connection and the base URL.`;
      return new ProviderError(message, details);
    }
    return new ProviderError(words, { ...details, retryable: false, blocking: true });
  }
  if (!isFromProxy(error, proxy)) return undefined;
  const what = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'cannot be found' : 'does not answer';
  const message = `The proxy ${proxy.host} ${what}. Check the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY (${code}).`;
  return new ProviderError(message, details);
}

/** A refusal that holds until a person changes something. */
function refusalWords(status: number, proxy: string, host: string): string | undefined {
  if (status === 407) {
    return `The proxy ${proxy} asks for a user name and a password (HTTP 407). Put both before its address in the variable HTTPS_PROXY or HTTP_PROXY, as curl takes them; write an @ in them as %40.`;
  }
  if (status >= 500 || status === 408 || status === 429) return undefined;
  return `The proxy ${proxy} does not let requests through to ${host} (HTTP ${status}). Ask whoever runs it, or name the host in NO_PROXY.`;
}

/** Whether the connection that failed was the one to the proxy. */
function isFromProxy(error: Error, proxy: URL): boolean {
  const { port, address, hostname } = failedPlace(error);
  const proxyName = proxy.hostname.replace(/^\[|\]$/g, '');
  if (hostname !== undefined) return hostname === proxyName;
  const proxyPort = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  if (port !== proxyPort) return false;
  // A name may have any address.
  return address === proxyName || !/^[\d.]+$|:/.test(proxyName);
}

interface FailedPlace {
  readonly port?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
}

/** Where the connection went; the first of several addresses that were tried. */
function failedPlace(error: Error): FailedPlace {
  return error instanceof AggregateError ? (error.errors[0] ?? {}) : (error as FailedPlace);
}
