import http from 'node:http';
import type { LookupFunction } from 'node:net';
import net, { isIP } from 'node:net';
import tls from 'node:tls';
import type { CheckedHop } from './checkHop.ts';

/** Opens a connection to a server. It goes to one of the addresses that were checked, whatever the host's name says now. */
export type Connect = (hop: CheckedHop) => net.Socket;

export const connectTo: Connect = ({ url, addresses }) => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isSecure = url.protocol === 'https:';
  const options = {
    host,
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    lookup: pinnedTo(addresses),
    autoSelectFamily: true,
  };
  if (!isSecure) return net.connect(options);
  // An address is no server name; the certificate is checked against it all the same.
  return tls.connect({ ...options, ...(isIP(host) === 0 ? { servername: host } : {}) });
};

/** A lookup that asks nobody. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  // With `autoSelectFamily` all addresses are asked for.
  return (_host, _options, callback) => callback(null, all);
}

const headers = {
  accept:
    'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, application/json;q=0.8, */*;q=0.1',
  'accept-encoding': 'gzip, br',
  'user-agent': 'Interleave (fetch_url)',
};

/**
 * Sends one GET without cookies and credentials and resolves with the head of the response. Redirects are not
 * followed. The caller reads or destroys the response.
 */
export function openPage(
  hop: CheckedHop,
  connect: Connect,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { url } = hop;
  const socket = connect(hop);
  // Not `http.request`, which VS Code replaces: it would send the request to a proxy, which looks up the host once more.
  const request = new http.ClientRequest({
    createConnection: () => socket,
    method: 'GET',
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers },
    signal,
  });
  request.on('response', resolve);
  request.on('upgrade', (_response, upgraded) => {
    upgraded.destroy();
    reject(new Error('The server switched to another protocol.'));
  });
  request.on('error', reject);
  request.on('close', () => {
    socket.destroy();
    reject(new Error('The connection was closed without an answer.'));
  });
  request.end();
  return promise;
}
