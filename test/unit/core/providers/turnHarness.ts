import { afterEach, expect, vi } from 'vitest';
import type { ApiProviderOptions } from '../../../../src/core/providers/api/apiProvider.ts';
import type { ModelTurn, Provider, TurnObserver } from '../../../../src/core/providers/provider.ts';
import { ProviderError } from '../../../../src/core/providers/providerError.ts';
import {
  type LoopbackServer,
  type Replies,
  type Reply,
  type ReplyStep,
  startLoopbackServer,
} from '../../../support/loopback/loopbackServer.ts';
import { noAbort, smallRequest, type TestedProtocol } from './protocols.ts';

/** Servers and providers of one protocol, disposed after each test. */
export interface TurnHarness {
  serve(replies: Replies): Promise<LoopbackServer>;
  provide(server: LoopbackServer, options?: Partial<ApiProviderOptions>): Provider;
  /** Runs a minimal turn. */
  ask(
    server: LoopbackServer,
    options?: Partial<ApiProviderOptions>,
    observer?: TurnObserver,
  ): Promise<ModelTurn>;
  /** The error of a turn with this response. */
  fail(reply: Reply): Promise<ProviderError>;
}

/** Call it within `describe`. */
export function turnHarness(protocol: TestedProtocol): TurnHarness {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  const serve: TurnHarness['serve'] = async (replies) => {
    const server = await startLoopbackServer(replies);
    cleanups.push(() => server.close());
    return server;
  };
  const provide: TurnHarness['provide'] = (server, options = {}) => {
    const provider = protocol.create({ baseUrl: server.url, apiKey: undefined, ...options });
    cleanups.push(() => provider.dispose());
    return provider;
  };
  const ask: TurnHarness['ask'] = (server, options = {}, observer = {}) =>
    provide(server, options).turn(smallRequest, observer, noAbort());
  const fail: TurnHarness['fail'] = async (reply) => failureOf(ask(await serve([reply])));
  return { serve, provide, ask, fail };
}

/** The `ProviderError` with which a turn rejects. */
export async function failureOf(turn: Promise<ModelTurn>): Promise<ProviderError> {
  const outcome = await turn.then(
    () => 'a complete turn',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ProviderError);
  return outcome as ProviderError;
}

/** Resolves when `condition` holds. The timeout only ends failing tests. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { interval: 2 });
}

/** The step that sends some bytes. */
export function send(bytes: string | Uint8Array): ReplyStep {
  return { do: 'send', bytes };
}
