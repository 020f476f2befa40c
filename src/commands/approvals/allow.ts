import type { RequestOffers, RuleChoice, RuleScope } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { HostError } from '../../host/hostError.ts';
import type { CommandHandler } from '../commandServices.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import type { Settled, SettleServices } from './settle.ts';
import { settle } from './settle.ts';

/** Allows the calls it is called for, this once. */
export function allowCall(services: SettleServices): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, 'allowed');
    return asked && allowThese(services, asked);
  };
}

/** Allows all calls that ask for the same as the one it is called for, this once. */
export function allowEqual(services: SettleServices): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, 'allowed');
    return asked && allowAllEqual(services, asked);
  };
}

/** Allows exactly this call in the conversation, in the run or always, now and later. */
export function allowFor(services: SettleServices, scope: RuleScope): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, 'allowed');
    return asked && allowByRule(services, asked, { form: 'exact', scope });
  };
}

export function allowThese(
  services: SettleServices,
  { ids, first }: AskedCalls,
): Promise<Settled | undefined> {
  const decision = { kind: 'allow', requests: ids } as const;
  return settle(services, { decision, title: `Allow ${callWords(first)}` });
}

export function allowAllEqual(
  services: SettleServices,
  { first }: AskedCalls,
): Promise<Settled | undefined> {
  const group = services.approvals
    .groups()
    .find(({ requests }) => requests.some(({ id }) => id === first.id));
  const ids = group?.requests.map(({ id }) => id) ?? [first.id];
  return allowThese(services, { ids, first });
}

export async function allowByRule(
  services: SettleServices,
  { first }: AskedCalls,
  { form, scope }: Pick<RuleChoice, 'form' | 'scope'>,
): Promise<Settled | undefined> {
  const why = whyNoRule(services.approvals.offers(first.id));
  if (form === 'exact' && why !== undefined) {
    throw new HostError(`${why} Allow the call this once instead.`);
  }
  const decision = { kind: 'rule', request: first.id, form, scope } as const;
  return await settle(services, { decision, title: `${titles[scope]} ${callWords(first)}` });
}

/** Why no rule can allow exactly this call; undefined when one can. */
export function whyNoRule(offers: RequestOffers | undefined): string | undefined {
  return offers !== undefined && 'why' in offers.exact ? offers.exact.why : undefined;
}

const titles: { readonly [S in RuleScope]: string } = {
  conversation: 'Allow for Conversation:',
  run: 'Allow for Run:',
  always: 'Always Allow:',
};
