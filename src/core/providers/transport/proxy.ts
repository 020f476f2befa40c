import { codeOf } from '../../base/errors.ts';
import { ProviderError } from '../providerError.ts';

/** Proxy variables, in the form that Node's agents take. */
export interface ProxyVariables {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** The proxy for an origin. `NO_PROXY` is not taken into account. */
export function proxyOf(origin: string, variables: ProxyVariables): URL | undefined {
  const { HTTPS_PROXY, HTTP_PROXY } = variables;
  const named = origin.startsWith('https:') ? HTTPS_PROXY : HTTP_PROXY;
  return named === undefined ? undefined : new URL(named);
}

/** Describes a failed connection that the proxy caused; undefined when something else did. */
export function proxyFailure(error: Error, proxy: URL, host: string): ProviderError | undefined {
  const code = codeOf(error) ?? '';
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

/** The message for a refusal that lasts until the user changes something; undefined for others. */
function refusalWords(status: number, proxy: string, host: string): string | undefined {
  if (status === 407) {
    return `The proxy ${proxy} asks for a user name and a password (HTTP 407). Put both before its address in the variable HTTPS_PROXY or HTTP_PROXY, as curl takes them; write an @ in them as %40.`;
  }
  if (status >= 500 || status === 408 || status === 429) return undefined;
  return `The proxy ${proxy} does not let requests through to ${host} (HTTP ${status}). Ask whoever runs it, or name the host in NO_PROXY.`;
}

/** Whether the failed connection was the one to the proxy. */
function isFromProxy(error: Error, proxy: URL): boolean {
  const { port, address, hostname } = failedPlace(error);
  const proxyName = proxy.hostname.replace(/^\[|\]$/g, '');
  if (hostname !== undefined) return hostname === proxyName;
  const proxyPort = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
  if (port !== proxyPort) return false;
  // A proxy given by name can have any address, so the port decides.
  return address === proxyName || !/^[\d.]+$|:/.test(proxyName);
}

interface FailedPlace {
  readonly port?: unknown;
  readonly address?: unknown;
  readonly hostname?: unknown;
}

/** Where the failed connection went. Of several addresses that were tried, the first. */
function failedPlace(error: Error): FailedPlace {
  return error instanceof AggregateError ? (error.errors[0] ?? {}) : (error as FailedPlace);
}
