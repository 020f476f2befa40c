import type { ApprovalRequest } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { askText } from '../../host/picks.ts';
import { exactJson } from '../../shared/exactJson.ts';
import type { CommandHandler } from '../commandServices.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import type { Settled, SettleServices } from './settle.ts';
import { settle } from './settle.ts';

/** Lets a person change the arguments of a call and allows it with them. The model is told what was run. */
export function allowChanged(services: SettleServices): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument);
    return asked && changeAndAllow(services, asked);
  };
}

export async function changeAndAllow(
  services: SettleServices,
  { first }: AskedCalls,
): Promise<Settled | undefined> {
  const text = await askText({
    title: `Edit Arguments: ${callWords(first)}`,
    prompt: 'As JSON. Enter allows the call with these arguments; the model is told of them.',
    value: exactJson(first.input),
    ignoreFocusOut: true,
    check: (typed) => problemOf(services, first, typed),
  });
  if (text === undefined) return undefined;
  const decision = { kind: 'change', request: first.id, input: JSON.parse(text) } as const;
  return await settle(services, { decision, title: `Allow ${callWords(first)}` });
}

/** What is wrong with arguments, by the tool's schema and by the rules. */
async function problemOf(
  { approvals }: SettleServices,
  { id }: ApprovalRequest,
  typed: string,
): Promise<string | undefined> {
  let input: unknown;
  try {
    input = JSON.parse(typed);
  } catch {
    return 'This is not JSON.';
  }
  const { refused } = await approvals.preview({ kind: 'change', request: id, input });
  return refused[0]?.message;
}
