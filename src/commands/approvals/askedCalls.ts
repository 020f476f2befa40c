import type * as vscode from 'vscode';
import type { ApprovalRequest } from '../../host/approvals.ts';
import { approvalIds } from '../../host/approvalTarget.ts';
import { askedWords, callCount, callWords } from '../../host/approvalWords.ts';
import { HostError } from '../../host/hostError.ts';
import { pickOne } from '../../host/picks.ts';
import type { CommandServices } from '../commandServices.ts';

type Services = Pick<CommandServices, 'approvals'>;

/** Calls that are allowed or denied, questions that are answered or denied, or both. */
export type CallKind = 'allowed' | 'answered' | 'any';

/** The calls that a command is about. */
export interface AskedCalls {
  /** Those that were named, whether they still wait or not. */
  readonly ids: readonly string[];
  /** The first of them that waits and is of the command's kind. */
  readonly first: ApprovalRequest;
}

interface GroupPick extends vscode.QuickPickItem {
  readonly requests: readonly ApprovalRequest[];
}

/** What every refusal of a late decision begins with. */
const late =
  'Nothing was decided. This call does not wait any more: it was decided on, or its conversation has ended.';

const noQuestion = 'This call asks no question. Allow or deny it.';
const isQuestion = 'This call asks a question. Answer it, or deny the call.';

/**
 * The calls that a command was called for; without any, those that the user picks from the ones of this kind.
 * Undefined when none was picked. Rejects with an error fit for the user when none of them waits any more, or all
 * are of another kind.
 */
export async function askedCalls(
  { approvals }: Services,
  argument: unknown,
  kind: CallKind = 'any',
): Promise<AskedCalls | undefined> {
  const named = approvalIds(argument, approvals);
  const ids = named ?? (await pickCalls(approvals.groups(), kind))?.map(({ id }) => id);
  if (ids === undefined) return undefined;
  const wanted = new Set(ids);
  const waiting = approvals.requests().filter(({ id }) => wanted.has(id));
  if (waiting.length === 0) throw new HostError(late);
  const first = waiting.find((request) => isOfKind(request, kind));
  if (first === undefined) throw new HostError(kind === 'answered' ? noQuestion : isQuestion);
  return { ids, first };
}

async function pickCalls(
  groups: ReturnType<CommandServices['approvals']['groups']>,
  kind: CallKind,
): Promise<readonly ApprovalRequest[] | undefined> {
  const picks = groups.flatMap(({ requests }): GroupPick[] => {
    const [first] = requests;
    if (first === undefined || !isOfKind(first, kind)) return [];
    const description = `${callCount(requests)} · ${askedWords(first)}`;
    return [{ label: callWords(first), description, requests }];
  });
  if (picks.length === 0) {
    const isAnswer = kind === 'answered';
    throw new HostError(
      isAnswer ? 'No question waits for an answer.' : 'No tool call waits for a decision.',
    );
  }
  const [title, prompt] =
    kind === 'answered'
      ? ['Questions That Wait', 'Choose what to answer']
      : ['Tool Calls That Wait', 'Choose what to decide on'];
  const picked = await pickOne(picks, title, prompt);
  return picked?.requests;
}

function isOfKind({ questions }: ApprovalRequest, kind: CallKind): boolean {
  return kind === 'any' || (kind === 'answered') === (questions !== undefined);
}
