import { decide } from '../../../../../src/core/approvals/rules/decide.ts';
import type { ResolveHost } from '../../../../../src/core/tools/fetch/checkHop.ts';
import { fetchLimits } from '../../../../../src/core/tools/fetch/fetchLimits.ts';
import type { FetchServices } from '../../../../../src/core/tools/fetch/fetchUrlTool.ts';
import { createFetchTool } from '../../../../../src/core/tools/fetch/fetchUrlTool.ts';
import { connectTo } from '../../../../../src/core/tools/fetch/openPage.ts';
import { runToolCall } from '../../../../../src/core/tools/runToolCall.ts';
import { createToolBox } from '../../../../../src/core/tools/toolBox.ts';
import { ToolWorkers } from '../../../../../src/core/tools/workers/toolWorkers.ts';
import {
  linux,
  callOf as ruleCallOf,
  rulesOf,
} from '../../../../support/approvals/ruleFixtures.ts';
import { callOf } from '../toolFixtures.ts';
import { searchScript } from '../workspace/workspaceFixture.ts';

/** `fetch_url` as a conversation uses it, and where it connected to. */
export class Fetches {
  /** `host -> address, address` of each connection. */
  readonly connections: string[] = [];
  /** Hosts that were looked up. */
  readonly lookups: string[] = [];
  readonly #workers = new ToolWorkers({ script: searchScript, threads: 1 });

  /** Fetches with these rules. Hosts have the addresses that `hosts` gives. */
  async fetch(
    input: unknown,
    { rules = '', hosts = {}, ...more }: FetchSetting = {},
  ): Promise<{ readonly content: string; readonly isError: boolean }> {
    const all = rulesOf(rules);
    const tool = createFetchTool(
      {
        workers: this.#workers,
        resolve: this.#resolver(hosts),
        connect: (hop) => {
          this.connections.push(`${hop.url.hostname} -> ${hop.addresses.join(', ')}`);
          return connectTo(hop);
        },
        limits: { ...fetchLimits, ...more.limits },
      },
      { resultLength: more.resultLength ?? 1_000 },
    );
    const rulesSay = (asked: unknown, addresses: readonly string[]) =>
      decide(all, ruleCallOf('fetch_url', asked, { addresses }), linux);
    return runToolCall(callOf('fetch_url', input), createToolBox([tool]), {
      signal: more.signal ?? new AbortController().signal,
      defaultTimeoutMs: 60_000,
      gate: () => ({ kind: 'allow', forTool: { rulesSay } }),
    });
  }

  dispose(): void {
    this.#workers.dispose();
  }

  #resolver(hosts: Hosts): ResolveHost {
    return async (host) => {
      this.lookups.push(host);
      const found = hosts[host];
      const addresses = typeof found === 'function' ? found() : found;
      if (addresses === undefined) throw new Error('ENOTFOUND');
      return addresses;
    };
  }
}

type Hosts = {
  readonly [host: string]: readonly string[] | (() => readonly string[]) | undefined;
};

export interface FetchSetting {
  readonly rules?: string;
  readonly hosts?: Hosts;
  readonly limits?: Partial<NonNullable<FetchServices['limits']>>;
  readonly resultLength?: number;
  readonly signal?: AbortSignal;
}
