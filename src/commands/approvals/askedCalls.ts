import type * as vscode from 'vscode';
import type { ApprovalRequest } from '../../host/approvals.ts';
import { approvalIds } from '../../host/approvalTarget.ts';
import { askedWords, callCount, callWords } from '../../host/approvalWords.ts';
import { HostError } from '../../host/hostError.ts';
import { pickOne } from '../../host/picks.ts';
import type { CommandServices } from '../commandServices.ts';

type Services = Pick<CommandServices, 'approvals'>;

/** The calls that a command is about. */
export interface AskedCalls {
  /** Those that were named, whether they still wait or not. */
  readonly ids: readonly string[];
  /** The first of them that waits. */
  readonly first: ApprovalRequest;
}

interface GroupPick extends vscode.QuickPickItem {
  readonly requests: readonly ApprovalRequest[];
}

/** What every refusal of a late decision begins with. */
const late =
  'Nothing was decided. This call does not wait any more: it was decided on, or its conversation has ended.';

/**
 * The calls that a command was called for; without any, those that the user picks. Undefined when none was picked.
 * Rejects with an error fit for the user when none of them waits any more.
 */
export async function askedCalls(
  { approvals }: Services,
  argument: unknown,
): Promise<AskedCalls | undefined> {
  const named = approvalIds(argument, approvals);
  const ids = named ?? (await pickCalls(approvals.groups()))?.map(({ id }) => id);
  if (ids === undefined) return undefined;
  const wanted = new Set(ids);
  const first = approvals.requests().find(({ id }) => wanted.has(id));
  if (first === undefined) throw new HostError(late);
  return { ids, first };
}

async function pickCalls(
  groups: ReturnType<CommandServices['approvals']['groups']>,
): Promise<readonly ApprovalRequest[] | undefined> {
  if (groups.length === 0) throw new HostError('No tool call waits for a decision.');
  const picks = groups.flatMap(({ requests }): GroupPick[] => {
    const [first] = requests;
    if (first === undefined) return [];
    const description = `${callCount(requests)} · ${askedWords(first)}`;
    return [{ label: callWords(first), description, requests }];
  });
  const picked = await pickOne(picks, 'Tool Calls That Wait', 'Choose what to decide on');
  return picked?.requests;
}
