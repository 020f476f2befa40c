import { ProviderError } from '../providerError.ts';
import type { ErrorContext } from './networkError.ts';

const remedy = 'Check the network connection, and retry later.';

/** The response did not begin within the headers timeout. */
export function headersTimeoutError(host: string, waitedMs: number): ProviderError {
  const seconds = Math.round(waitedMs / 1000);
  return new ProviderError(
    `${host} did not begin to answer within ${seconds} s. If it is only slow, raise the limit headersSeconds. ${remedy}`,
    { kind: 'network', code: 'headers_timeout', brief: `no data for ${seconds} s` },
  );
}

/** No bytes of a body arrived within the idle timeout. */
export function idleTimeoutError(
  { host, requestId }: ErrorContext,
  idleTimeoutMs: number,
): ProviderError {
  const seconds = Math.round(idleTimeoutMs / 1000);
  return new ProviderError(
    `${host} stopped sending in the middle of its answer: no data for ${seconds} s. ${remedy}`,
    { kind: 'network', requestId, brief: `no data for ${seconds} s` },
  );
}

/** Bytes arrived, but neither an event nor a heartbeat within the content timeout. */
export function contentTimeoutError(
  { host, requestId }: ErrorContext,
  contentTimeoutMs: number,
): ProviderError {
  const seconds = Math.round(contentTimeoutMs / 1000);
  return new ProviderError(
    `${host} keeps the connection open but has sent nothing of its answer for ${seconds} s. ${remedy}`,
    { kind: 'network', requestId, brief: `nothing of the answer for ${seconds} s` },
  );
}
