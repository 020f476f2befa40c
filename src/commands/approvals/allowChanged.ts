import type { ApprovalRequest } from '../../host/approvals.ts';
import { callWords } from '../../host/approvalWords.ts';
import { HostError } from '../../host/hostError.ts';
import { askText } from '../../host/picks.ts';
import { exactJson } from '../../shared/exactJson.ts';
import type { CommandHandler, CommandServices } from '../commandServices.ts';
import type { AskedCalls } from './askedCalls.ts';
import { askedCalls } from './askedCalls.ts';
import type { Settled, SettleServices } from './settle.ts';
import { settle } from './settle.ts';

export type ChangeServices = SettleServices & Pick<CommandServices, 'argumentEdits'>;

/** Longer arguments are edited in a document, in UTF-16 units. */
const maxInBox = 200;

/** Lets the user change the arguments of a call and allows it with them. The model is told what was run. */
export function allowChanged(services: ChangeServices): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, 'allowed');
    return asked && changeAndAllow(services, asked);
  };
}

/** Allows the call whose arguments were edited in the document in front, with these. */
export function allowEdited(services: ChangeServices): CommandHandler {
  return async () => {
    const edit = services.argumentEdits.current();
    if (edit === undefined) throw new HostError('Open the arguments of a call to edit them first.');
    const { request, text } = edit;
    const problem = await problemOf(services, request, text);
    if (problem !== undefined) throw new HostError(`Nothing was decided. ${problem}`);
    const settled = await allowWith(services, request, text);
    await services.argumentEdits.close();
    return settled;
  };
}

/** Short arguments are edited in a box, longer ones in a document with a button that allows the call. */
export async function changeAndAllow(
  services: ChangeServices,
  { first }: AskedCalls,
): Promise<Settled | undefined> {
  const value = exactJson(first.input);
  if (value.length > maxInBox) {
    await services.argumentEdits.open(first);
    return undefined;
  }
  const text = await askText({
    title: `Edit Arguments: ${callWords(first)}`,
    prompt: 'As JSON. Enter allows the call with these arguments; the model is told of them.',
    value,
    ignoreFocusOut: true,
    check: (typed) => problemOf(services, first, typed),
  });
  return text === undefined ? undefined : await allowWith(services, first, text);
}

function allowWith(
  services: SettleServices,
  request: ApprovalRequest,
  text: string,
): Promise<Settled | undefined> {
  const decision = { kind: 'change', request: request.id, input: JSON.parse(text) } as const;
  return settle(services, { decision, title: `Allow ${callWords(request)}` });
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
