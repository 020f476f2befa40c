import { isIP } from 'node:net';
import { messageOf } from '../../../shared/thrown.ts';
import { decide } from '../../approvals/rules/decide.ts';
import type { Decision } from '../../approvals/rules/decision.ts';
import { denialText } from '../../approvals/rules/describeDecision.ts';
import { ruleSystemOf } from '../../approvals/rules/ruleSystem.ts';
import { ruleToolOf } from '../../approvals/rules/ruleTools.ts';
import { readRequestedUrl } from '../../approvals/rules/url/requestedUrl.ts';
import { quoted } from '../../base/text.ts';
import type { ToolContext } from '../tool.ts';
import { ToolError } from '../tool.ts';

/** Gives the addresses of a host; rejects when it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** An address that may be requested, at these addresses and no others. */
export interface CheckedHop {
  readonly url: URL;
  /** At least one; all of them were checked. */
  readonly addresses: readonly string[];
}

/** What the rules say of a call of the same tool. */
type RulesSay = NonNullable<ToolContext['rulesSay']>;

/** A request on its way to a page, and what is needed to check it. */
export interface HopCheck {
  /** The address that redirected to this one; absent for the address of the call. */
  readonly from?: URL;
  readonly resolve: ResolveHost;
  /** When absent, the floor holds, and nothing is allowed that nobody was asked about. */
  readonly rulesSay?: RulesSay | undefined;
}

/**
 * Resolves the host of an address and checks the address with all that it resolves to. Throws a `ToolError` that
 * says why it is not requested.
 */
export async function checkHop(
  text: string,
  { from, resolve, rulesSay = withoutRules }: HopCheck,
): Promise<CheckedHop> {
  const requested = readRequestedUrl(text);
  if ('problem' in requested) throw notRequested(text, requested.problem);
  const url = new URL(text);
  url.hash = '';
  assertUsualForm(text, url);
  // What is denied is not even looked up.
  assertNotDenied(text, rulesSay({ url: url.href }, []));
  const addresses = await addressesOf(url, resolve);
  const decision = rulesSay({ url: url.href }, addresses);
  assertNotDenied(text, decision);
  if (from !== undefined) assertRedirect(from, url, decision);
  return { url, addresses };
}

/** An address of numbers is to be seen as what it is: `127.1` and `0x7f000001` are not. */
function assertUsualForm(text: string, url: URL): void {
  const host = bareHost(url);
  if (isIP(host) === 0 || text.toLowerCase().includes(host)) return;
  throw notRequested(text, `Write the address as ${host}.`);
}

async function addressesOf(url: URL, resolve: ResolveHost): Promise<readonly string[]> {
  const host = bareHost(url);
  if (isIP(host) !== 0) return [host];
  let addresses: readonly string[];
  try {
    addresses = await resolve(host);
  } catch (error) {
    throw new ToolError(`${quoted(host, 100)} cannot be found: ${quoted(messageOf(error), 200)}`);
  }
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) {
    throw new ToolError(`${quoted(host, 100)} has no address.`);
  }
  return addresses;
}

/** The host without the brackets of an IPv6 address. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function assertNotDenied(text: string, decision: Decision): void {
  if (decision.verdict === 'deny') throw notRequested(text, denialText(decision));
}

/**
 * A redirect to the same server goes where that server could have answered from at once, unless a rule asks about
 * it. Anywhere else it needs a rule that allows it, for nobody has been asked about that place.
 */
function assertRedirect(from: URL, to: URL, decision: Decision): void {
  const isFollowed = isSameServer(from, to)
    ? decision.verdict === 'allow' || decision.by.kind === 'default'
    : decision.verdict === 'allow';
  if (isFollowed) return;
  throw new ToolError(
    `The server redirects to ${quoted(to.href, 500)}. That was not followed: it needs a permission of its own. Call fetch_url with that address if you need it.`,
  );
}

/** Same scheme, host and port; or the same host with https in the place of http. */
function isSameServer(from: URL, to: URL): boolean {
  const isUpgrade =
    from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '';
  return from.hostname === to.hostname && (from.origin === to.origin || isUpgrade);
}

function notRequested(text: string, why: string): ToolError {
  return new ToolError(`${quoted(text, 200)} was not requested. ${why}`);
}

const withoutRules: RulesSay = (input, addresses) =>
  decide(
    [],
    {
      tool: ruleToolOf({ name: 'fetch_url', effect: 'network' }),
      ...{ input, addresses, isUnattended: true },
    },
    ruleSystemOf(process.platform),
  );
