import type { ApprovalRequest, Approvals } from './approvals.ts';
import { conversationTarget } from './commandTargets.ts';

/** What a command on tool calls that wait for a decision is about: the node of a tree, or a plain object. */
export interface ApprovalTarget {
  readonly requests: readonly Pick<ApprovalRequest, 'id'>[];
}

/**
 * The ids of the requests that a command was called with, or of those of a conversation. Undefined when it was
 * called with none.
 */
export function approvalIds(
  argument: unknown,
  approvals: Pick<Approvals, 'requests'>,
): readonly string[] | undefined {
  const named = namedIds(argument);
  if (named !== undefined) return named;
  const target = conversationTarget(argument);
  if (target === undefined) return undefined;
  const { runId, conversation } = target;
  return approvals
    .requests()
    .filter((request) => request.runId === runId && request.conversation === conversation)
    .map(({ id }) => id);
}

function namedIds(argument: unknown): readonly string[] | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const requests: unknown = Reflect.get(argument, 'requests');
  if (!Array.isArray(requests)) return undefined;
  return requests.flatMap((request: unknown) => {
    if (typeof request !== 'object' || request === null) return [];
    const id: unknown = Reflect.get(request, 'id');
    return typeof id === 'string' ? [id] : [];
  });
}
