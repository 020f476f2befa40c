import { type Clock, systemClock } from '../../base/clock.ts';
import { WorkSlices } from '../../base/workSlices.ts';
import { needsKey, plainBaseUrl } from '../baseUrl.ts';
import type { Endpoint } from '../endpoint.ts';
import { ModelCatalog } from '../models/catalog.ts';
import { ModelProfiles } from '../models/profiles.ts';
import { ModelSource } from '../models/source.ts';
import type { Provider, ProviderId } from '../provider.ts';
import { HeadersTimeout, localHeadersTimeoutMs } from '../transport/headersTimeout.ts';
import type { ProxyVariables } from '../transport/proxy.ts';
import { defaultResponseLimits, type ResponseLimits } from '../transport/responseLimits.ts';
import type { SdkClient } from '../transport/sdkClient.ts';
import { createTransport, type Transport, type TransportOptions } from '../transport/transport.ts';
import { RequestBodies } from '../turn/requestBodies.ts';
import type { ApiProtocol } from './protocol.ts';
import { requestTurn } from './requestTurn.ts';

/** Options of a provider over HTTP. */
export interface ApiProviderOptions extends Partial<ResponseLimits> {
  /** Base URL of the API or of a compatible server. Default: the vendor's own. */
  readonly baseUrl?: string | undefined;
  /** Undefined where no key is needed: on this machine and, mostly, on the local network. */
  readonly apiKey: string | undefined;
  /** The provider's id. Default: the protocol's. */
  readonly id?: ProviderId | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
  /** Proxies to use. When absent, VS Code's own proxy settings apply. */
  readonly proxies?: ProxyVariables | undefined;
}

/** A provider over HTTP for any protocol. */
export function createApiProvider<Body>(
  protocol: ApiProtocol<Body>,
  endpoint: Endpoint,
  options: ApiProviderOptions,
): Provider {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultResponseLimits, ...options };
  const { idleTimeoutMs, contentTimeoutMs } = limits;
  const isLocal = !needsKey(endpoint.origin);
  const headersTimeout = new HeadersTimeout(headersTimeoutMsOf(limits, isLocal), isLocal);
  // Some local servers send the head at once and load the model after that. A timeout set by the user holds.
  const loadsAfterHead = isLocal && idleTimeoutMs === defaultResponseLimits.idleTimeoutMs;
  const slices = new WorkSlices();
  const transport = transportFor(endpoint, { ...options, slices }, headersTimeout);
  const client = loadOnce(() => protocol.loadClient({ endpoint, send: transport.send }));
  const { models } = protocol;
  const source = new ModelSource({ endpoint, models, client, idleTimeoutMs, clock, caps: limits });
  const catalog = new ModelCatalog({ source, clock, host: endpoint.host });
  const turnOptions = {
    protocol,
    endpoint,
    client,
    profiles: new ModelProfiles({ protocol, endpoint, catalog }),
    bodies: new RequestBodies(protocol),
    idleTimeoutMs,
    firstByteTimeoutMs: () =>
      loadsAfterHead ? Math.max(headersTimeout.ms, idleTimeoutMs) : idleTimeoutMs,
    contentTimeoutMs,
    caps: limits,
    clock,
    slices,
    server: { hasAnswered: false },
  };
  const id = options.id ?? protocol.id;
  return {
    id,
    origin: endpoint.origin,
    // The demo model listens at another port each time.
    ...(id === 'demo' ? {} : { baseUrl: plainBaseUrl(options.baseUrl ?? endpoint.baseUrl) }),
    // The demo model runs on this machine but does not slow down with many requests.
    isLocal: id !== 'demo' && isLocal,
    turn: (request, observer, signal) => requestTurn(turnOptions, { request, observer, signal }),
    prepare: (count) => transport.prepare(count),
    listModels: (signal) => catalog.list(signal),
    dispose: () => {
      catalog.dispose();
      transport.dispose();
    },
  };
}

function transportFor(
  { origin, host }: Endpoint,
  options: ApiProviderOptions & Pick<TransportOptions, 'slices'>,
  headersTimeout: HeadersTimeout,
): Transport {
  const { clock = systemClock, proxies, slices } = options;
  return createTransport({
    origin,
    host,
    get headersTimeoutMs() {
      return headersTimeout.ms;
    },
    onHeadersTimeout: (waitedMs) => headersTimeout.timedOut(waitedMs),
    clock,
    slices,
    proxies,
  });
}

/** Loads a client with the first call. A failure is reported to every caller. */
function loadOnce<Body>(load: () => Promise<SdkClient<Body>>): () => Promise<SdkClient<Body>> {
  let loaded: Promise<SdkClient<Body>> | undefined;
  return () => {
    if (loaded === undefined) {
      loaded = load();
      // Callers may start loading without awaiting it.
      loaded.catch(() => undefined);
    }
    return loaded;
  };
}

/** Local servers get a longer timeout unless the user has set one. */
function headersTimeoutMsOf({ headersTimeoutMs }: ResponseLimits, isLocal: boolean): number {
  const isDefault = headersTimeoutMs === defaultResponseLimits.headersTimeoutMs;
  return isLocal && isDefault ? localHeadersTimeoutMs : headersTimeoutMs;
}
