import type { BaseUrls } from '../core/providers/baseUrl.ts';
import {
  endpointOrigin,
  isLoopbackOrigin,
  isVendorOrigin,
  keyedProviders,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import type { RunRequest } from '../core/runner/runRequest.ts';
import type { RunState } from '../shared/runState.ts';
import { keyIn } from './cliProviders.ts';
import type { Environment } from './environment.ts';
import { optionsToRaise } from './raisedNow.ts';

/** Addresses that mean the same in every shell without quotes. */
const plainAddress = /^[\w.:/~-]{1,300}$/;

/** The command that goes on with a run, to be copied into any shell. */
export function commandToResume(runId: string, baseUrl?: string): string {
  const server = baseUrl === undefined ? '' : ` --base-url ${addressToType(baseUrl)}`;
  return `interleave resume ${runId}${server}`;
}

/** How a run goes on whose conversations a limit stopped; empty when there are none. */
export function raiseNote(state: RunState, request: RunRequest, command: string): string {
  const options = optionsToRaise(state, request);
  return options === ''
    ? ''
    : `To go on with what a limit stopped, raise it: ${command} ${options}\n`;
}

/** An address as it can be typed. One that a shell could read otherwise is left to the person. */
export function addressToType(address: string): string {
  return plainAddress.test(address) ? address : 'and its address';
}

/** The server that has to be named when a run is resumed that was sent to these; undefined when none has. */
export function serverToName(baseUrls: BaseUrls, environment: Environment): string | undefined {
  for (const id of keyedProviders) {
    const baseUrl = baseUrls[id];
    if (baseUrl === undefined) continue;
    const origin = endpointOrigin(id, baseUrl);
    const isOwn = isVendorOrigin({ id, origin });
    const needsNoKey = isLoopbackOrigin(origin) && keyIn(environment, id) === undefined;
    if (!isOwn && !needsNoKey) return plainBaseUrl(baseUrl);
  }
  return undefined;
}
