import type { InboxDecision } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { askText } from '../../host/picks.ts';
import type { CommandHandler } from '../commandServices.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import type { Settled, SettleServices } from './settle.ts';
import { settle } from './settle.ts';

/** What is denied besides the calls themselves. */
export type Reach = NonNullable<Extract<InboxDecision, { readonly kind: 'deny' }>['also']>;

/** Longest reason, in UTF-16 units. */
const maxReason = 2_000;

/** Denies the calls it is called for, with a reason for the model. */
export function denyCall(services: SettleServices, also?: Reach): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument);
    return asked && denyThese(services, asked, also);
  };
}

export async function denyThese(
  services: SettleServices,
  { ids, first }: AskedCalls,
  also?: Reach,
): Promise<Settled | undefined> {
  const title = `${titles[also ?? 'call']} ${callWords(first)}`;
  const reason = await askText({
    title,
    prompt: 'Why? The model is told. May be empty; Escape decides nothing.',
    ignoreFocusOut: true,
    check: (text) => (text.length > maxReason ? `Use at most ${maxReason} characters.` : undefined),
  });
  if (reason === undefined) return undefined;
  const decision: InboxDecision = {
    ...{ kind: 'deny', requests: ids },
    ...(reason.trim() === '' ? {} : { reason }),
    ...(also === undefined ? {} : { also }),
  };
  return await settle(services, { decision, title });
}

const titles: { readonly [R in Reach | 'call']: string } = {
  call: 'Deny',
  conversation: 'Deny and End Conversation:',
  run: 'Deny in All Conversations:',
};
