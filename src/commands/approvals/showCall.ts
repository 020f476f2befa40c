import * as vscode from 'vscode';
import type { ApprovalRequest } from '../../host/approvals.ts';
import { approvalScheme } from '../../host/contributionIds.ts';
import { fileColumn } from '../../host/fileColumn.ts';
import { plainText } from '../../host/plainText.ts';
import type { CommandHandler, CommandServices } from '../commandServices.ts';
import { askedCalls, type CallKind } from './askedCalls.ts';

/**
 * Shows calls that wait as a document: their arguments whole, which rule asks, and why; of questions what is asked.
 * `kind` is what can be picked when it is called without a call.
 */
export function showCall(
  services: Pick<CommandServices, 'approvals'>,
  kind: CallKind = 'any',
): CommandHandler {
  return async (argument) => {
    const asked = await askedCalls(services, argument, kind);
    if (asked === undefined) return;
    const wanted = new Set(asked.ids);
    const requests = services.approvals.requests().filter(({ id }) => wanted.has(id));
    await openCalls(requests, keepsFocus(argument));
  };
}

/** Opens a read-only document that shows these calls, which are equal. */
export async function openCalls(
  requests: readonly ApprovalRequest[],
  preserveFocus = false,
): Promise<void> {
  const [first] = requests;
  if (first === undefined) return;
  const name = plainText(first.tool.name, 80).replaceAll(/[^\w.-]+/g, ' ');
  const uri = vscode.Uri.from({
    scheme: approvalScheme,
    path: `/${name}, waiting.txt`,
    // One id says enough: a group may have thousands of calls.
    query: JSON.stringify({ id: first.id, equal: requests.length > 1 }),
  });
  await vscode.window.showTextDocument(uri, {
    preview: true,
    preserveFocus,
    viewColumn: fileColumn(),
  });
}

function keepsFocus(argument: unknown): boolean {
  const isObject = typeof argument === 'object' && argument !== null;
  return isObject && Reflect.get(argument, 'keepsFocus') === true;
}
