import { UserError } from '../core/base/errors.ts';
import type { BaseUrls, KeyedProviderId } from '../core/providers/baseUrl.ts';
import {
  isLoopbackOrigin,
  isVendorOrigin,
  keyedProviders,
  needsKey,
  plainBaseUrl,
} from '../core/providers/baseUrl.ts';
import type { KeptRequest } from '../core/runner/keptRequest.ts';
import { keyIn, keyVariables } from './cliProviders.ts';
import type { Environment } from './environment.ts';
import { addressToType, commandToResume } from './resumeCommand.ts';
import type { Terminal } from './terminal.ts';
import { terminalLine } from './terminalText.ts';
import type { Servers } from './withPlan.ts';

/** What the person who resumes a run gives now. */
export interface GivenNow {
  readonly runId: string;
  readonly baseUrl: string | undefined;
  readonly environment: Environment;
  readonly terminal: Terminal;
  /** Asks a yes-or-no question; absent where nobody is there to answer it. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/**
 * Decides where a resumed run may send its prompts and keys. Its record only says where it was sent: that
 * is enough for a vendor's own server, and without a key for this machine. Any other server must be named
 * now, or is asked about. Throws a `UserError` with what to type where nobody can be asked.
 */
export async function confirmServers(kept: KeptRequest, now: GivenNow): Promise<Servers> {
  checkNamed(kept, now);
  const keyless: KeyedProviderId[] = [];
  for (const provider of keyedProviders) {
    const address = kept.baseUrls[provider];
    if (address === undefined) continue;
    if (!(await sendsKey({ provider, address, now }))) keyless.push(provider);
  }
  checkKeys(kept, now.environment);
  return { baseUrls: kept.baseUrls, withoutKey: keyless };
}

/** The server that is named now must be one that the run was sent to. */
function checkNamed({ baseUrls, request }: KeptRequest, { baseUrl }: GivenNow): void {
  if (baseUrl === undefined) return;
  const { provider } = request.settings;
  const addresses = Object.values(baseUrls as Required<BaseUrls>);
  const [first] = addresses;
  if (first === undefined) {
    throw new UserError(`This run was started with ${provider}, which has no base URL to choose.`);
  }
  if (addresses.includes(plainBaseUrl(baseUrl))) return;
  const sentTo = baseUrls[provider as KeyedProviderId] ?? first;
  throw new UserError(
    `This run was sent to ${terminalLine(sentTo)} and goes on there only. To use another server, start its prompts as a new run.`,
  );
}

interface Address {
  readonly provider: KeyedProviderId;
  readonly address: string;
  readonly now: GivenNow;
}

async function sendsKey({ provider, address, now }: Address): Promise<boolean> {
  const { origin } = new URL(address);
  if (now.baseUrl !== undefined && plainBaseUrl(now.baseUrl) === address) return true;
  if (isVendorOrigin({ id: provider, origin })) return true;
  if (isLoopbackOrigin(origin)) {
    tellWithoutKey({ provider, address, now });
    return false;
  }
  await confirmOrigin(origin, { provider, address, now });
  return true;
}

function tellWithoutKey({ provider, address, now }: Address): void {
  if (keyIn(now.environment, provider) === undefined) return;
  now.terminal.err(
    `This run goes on at ${terminalLine(address)} without the key in ${keyVariables[provider]}, because only its record names that server. To send the key there: ${commandToResume(now.runId, address)}\n`,
  );
}

async function confirmOrigin(origin: string, { provider, address, now }: Address): Promise<void> {
  if (now.ask === undefined) {
    throw new UserError(
      `This run was sent to ${terminalLine(address)}. To send your key there again, repeat the command with --base-url ${addressToType(address)}`,
    );
  }
  const hasKey = keyIn(now.environment, provider) !== undefined;
  const what = hasKey ? `its prompts and the key in ${keyVariables[provider]}` : 'its prompts';
  const agreed = await now.ask(
    `This run was sent to ${terminalLine(origin)}, which is not the provider's own server. Send ${what} there?`,
  );
  if (!agreed) throw new UserError('Nothing was sent.');
}

/** A run goes on with the provider it was started with, whichever else has a key now. */
function checkKeys({ request, baseUrls }: KeptRequest, environment: Environment): void {
  for (const id of keyedProviders) {
    const address = baseUrls[id];
    if (address === undefined || keyIn(environment, id) !== undefined) continue;
    if (!needsKey(new URL(address).origin)) continue;
    const { model } = request.prompts.find(({ options }) => options.provider === id)?.options ?? {};
    throw new UserError(
      `This run was started with ${id}, model ${model}, at ${new URL(address).host}, and goes on with that only. Set ${keyVariables[id]}, or start its prompts as a new run.`,
    );
  }
}
