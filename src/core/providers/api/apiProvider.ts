import { type Clock, systemClock } from '../../base/clock.ts';
import { needsKey } from '../baseUrl.ts';
import type { Endpoint } from '../endpoint.ts';
import { ModelCatalog } from '../models/catalog.ts';
import { ModelProfiles } from '../models/profiles.ts';
import { ModelSource } from '../models/source.ts';
import type { Provider, ProviderId } from '../provider.ts';
import { HeaderPatience, localHeadersTimeoutMs, patientSend } from '../transport/headersTimeout.ts';
import type { ProxyVariables } from '../transport/proxy.ts';
import type { HttpLimits } from '../transport/responseLimits.ts';
import { defaultHttpLimits } from '../transport/responseLimits.ts';
import type { SdkClient } from '../transport/sdkClient.ts';
import { createTransport } from '../transport/transport.ts';
import { TurnBodies } from '../turn/requestBodies.ts';
import type { HttpProtocol } from './protocol.ts';
import { type HttpTurnOptions, runHttpTurn } from './requestTurn.ts';

export interface HttpProviderOptions extends Partial<HttpLimits> {
  /** Of the API or a compatible server; the vendor's own when absent. */
  readonly baseUrl?: string | undefined;
  /** Undefined where none is needed: on this machine and, for the most part, on the own network. */
  readonly apiKey: string | undefined;
  /** Under which name this provider runs; its protocol's when absent. */
  readonly id?: ProviderId | undefined;
  /** Measures these times; the system's when absent. */
  readonly clock?: Clock | undefined;
  /** The proxies to use; none when absent, so that VS Code's own settings hold there. */
  readonly proxies?: ProxyVariables | undefined;
}

/** A provider over HTTP, whatever its protocol. */
export function createHttpProvider<Body>(
  protocol: HttpProtocol<Body>,
  endpoint: Endpoint,
  options: HttpProviderOptions,
): Provider {
  const clock = options.clock ?? systemClock;
  const limits = { ...defaultHttpLimits, ...options };
  const { idleTimeoutMs, contentTimeoutMs } = limits;
  const isNear = !needsKey(endpoint.origin);
  // Some send the head at once and load their model then. A number of one's own holds for that, too.
  const waitsForFirst = isNear && idleTimeoutMs === defaultHttpLimits.idleTimeoutMs;
  const patience = new HeaderPatience(headersTimeoutMsOf(limits, isNear), isNear);
  const transport = createTransport({
    origin: endpoint.origin,
    host: endpoint.host,
    get headersTimeoutMs() {
      return patience.ms;
    },
    clock,
    proxies: options.proxies,
  });
  const clientOptions = { endpoint, send: patientSend(transport.send, patience) };
  let loaded: Promise<SdkClient<Body>> | undefined;
  const client = (): Promise<SdkClient<Body>> => {
    if (loaded === undefined) {
      loaded = protocol.loadClient(clientOptions);
      loaded.catch(() => undefined);
    }
    return loaded;
  };
  const { models } = protocol;
  const source = new ModelSource({ endpoint, models, client, idleTimeoutMs, clock, caps: limits });
  const catalog = new ModelCatalog({ source, clock, host: endpoint.host });
  const turnOptions: HttpTurnOptions<Body> = {
    protocol,
    endpoint,
    client,
    profiles: new ModelProfiles({ protocol, endpoint, catalog }),
    bodies: new TurnBodies(protocol),
    idleTimeoutMs,
    firstByteTimeoutMs: () =>
      waitsForFirst ? Math.max(patience.ms, idleTimeoutMs) : idleTimeoutMs,
    contentTimeoutMs,
    caps: limits,
    clock,
    proof: { hasAnswered: false },
  };
  const id = options.id ?? protocol.id;
  return {
    id,
    origin: endpoint.origin,
    // The demo model runs here, but is as quick for many as for one.
    isLocal: id !== 'demo' && !needsKey(endpoint.origin),
    turn: (request, observer, signal) => runHttpTurn(turnOptions, { request, observer, signal }),
    prepare: (count) => transport.prepare(count),
    listModels: (signal) => catalog.list(signal),
    dispose: () => {
      catalog.dispose();
      transport.dispose();
    },
  };
}

/** A server nearby gets longer, unless a number of one's own is set. */
function headersTimeoutMsOf({ headersTimeoutMs }: HttpLimits, isNear: boolean): number {
  const isDefault = headersTimeoutMs === defaultHttpLimits.headersTimeoutMs;
  return isNear && isDefault ? localHeadersTimeoutMs : headersTimeoutMs;
}
