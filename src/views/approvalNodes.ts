import * as vscode from 'vscode';
import type { ApprovalRequest, RequestGroup } from '../host/approvals.ts';
import type { ApprovalTarget } from '../host/approvalTarget.ts';
import {
  askedWords,
  callCount,
  callWords,
  conversationName,
  requestLines,
  waitedFor,
} from '../host/approvalWords.ts';
import type { ConversationTarget } from '../host/commandTargets.ts';
import { commands } from '../host/contributionIds.ts';
import type { RunService } from '../host/runService.ts';
import type { CommandDecision, Verdict } from '../shared/callDecision.ts';
import { decisionWords } from '../shared/callDecision.ts';
import { plainItem } from './plainItem.ts';

/** Calls that ask for the same, in the *Approvals* view: the same object while one of them waits. */
export interface ApprovalGroupNode extends ApprovalTarget {
  readonly kind: 'approvalGroup';
  /** Tells groups apart for as long as the window lives. */
  readonly id: string;
  requests: readonly ApprovalRequest[];
}

/** A call of one conversation. */
export interface ApprovalCallNode extends ApprovalTarget, ConversationTarget {
  readonly kind: 'approvalCall';
  readonly requests: readonly [ApprovalRequest];
  readonly request: ApprovalRequest;
  readonly parent: ApprovalGroupNode;
}

/** What the rules say of one command of a command line. */
interface ApprovalPartNode {
  readonly kind: 'approvalPart';
  readonly part: CommandDecision;
  readonly id: string;
  readonly parent: ApprovalGroupNode;
}

export type ApprovalNode = ApprovalGroupNode | ApprovalCallNode | ApprovalPartNode;

export function groupNode({ requests }: RequestGroup, id: string): ApprovalGroupNode {
  return { kind: 'approvalGroup', id, requests };
}

/** What the rules say of each command, then the calls in the order in which they came. */
export function nodesBelow(parent: ApprovalGroupNode): ApprovalNode[] {
  const { requests } = parent;
  const parts = requests[0]?.asked.parts ?? [];
  return [
    ...parts.map(
      (part, at): ApprovalPartNode => ({
        ...{ kind: 'approvalPart', part, parent },
        id: `${parent.id}/part-${at}`,
      }),
    ),
    ...requests.map((request) => callNode(request, parent)),
  ];
}

export function callNode(request: ApprovalRequest, parent: ApprovalGroupNode): ApprovalCallNode {
  const { runId, conversation } = request;
  const target = { interactive: true, runId, conversation } as const;
  return { kind: 'approvalCall', ...target, requests: [request], request, parent };
}

type Runs = Pick<RunService, 'find'>;

export function approvalItem(node: ApprovalNode, runs: Runs): vscode.TreeItem {
  switch (node.kind) {
    case 'approvalGroup':
      return groupItem(node);
    case 'approvalCall':
      return callItem(node, runs);
    case 'approvalPart':
      return partItem(node);
  }
}

const effectIcons: { readonly [E in ApprovalRequest['tool']['effect']]: string } = {
  pure: 'symbol-operator',
  read: 'file',
  network: 'globe',
  write: 'edit',
  execute: 'terminal',
  foreign: 'extensions',
};

/** What menus tell rows by. */
function kindOf({ questions }: ApprovalRequest): 'approval' | 'question' {
  return questions === undefined ? 'approval' : 'question';
}

function iconOf(request: ApprovalRequest): string {
  const { effect } = request.tool;
  return kindOf(request) === 'question' ? 'comment-discussion' : effectIcons[effect];
}

function groupItem(node: ApprovalGroupNode): vscode.TreeItem {
  const { id, requests } = node;
  const [first] = requests;
  if (first === undefined) return plainItem({ label: '' });
  const count = callCount(requests);
  const words = callWords(first);
  const item = plainItem(
    {
      label: words,
      description: `${count} · ${askedWords(first)}`,
      spoken: `${words}, ${count}, waiting for ${waitedFor(first)}, ${askedWords(first)}`,
    },
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(iconOf(first));
  item.contextValue = `${kindOf(first)}.${requests.length === 1 ? 'one' : 'several'}`;
  item.command = commandOf(node, first);
  return item;
}

function callItem(node: ApprovalCallNode, runs: Runs): vscode.TreeItem {
  const { request, parent } = node;
  const name = conversationName(runs, request);
  const started = runs.find(request.runId)?.state.started;
  const place = [
    ...(started === undefined ? [] : [`run ${started.number}`]),
    `turn ${request.turn}`,
  ];
  const item = plainItem({
    label: name,
    description: place.join(' · '),
    spoken: `${name}, ${place.join(', ')}, waiting for ${waitedFor(request)}: ${callWords(request)}`,
  });
  item.id = request.id;
  const icon = kindOf(request) === 'question' ? 'comment-discussion' : 'shield';
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = `${kindOf(request)}.call${parent.requests.length > 1 ? '.equal' : ''}`;
  item.command = commandOf(node, request);
  return item;
}

/** The tooltip of a row, made when it is shown: arguments may be long, and rows many. Not plain text. */
export function approvalTooltip(node: ApprovalNode, runs: Runs): string | undefined {
  if (node.kind === 'approvalPart') return undefined;
  const [first] = node.requests;
  if (first === undefined) return undefined;
  const title = runs.find(first.runId)?.state.started.title;
  const head =
    node.kind === 'approvalGroup'
      ? [callCount(node.requests)]
      : [conversationName(runs, first), ...(title === undefined ? [] : [title])];
  return [...head, ...requestLines(first)].map((line) => line.slice(0, 1000)).join('\n');
}

const verdictIcons: { readonly [V in Verdict]: string } = {
  allow: 'check',
  ask: 'question',
  deny: 'circle-slash',
};

function partItem({ id, part }: ApprovalPartNode): vscode.TreeItem {
  const said = decisionWords(part);
  const texts = { label: part.text, description: said, tooltip: `${part.text}\n${said}` };
  const item = plainItem({ ...texts, spoken: `Command ${part.text}, ${said}` });
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(verdictIcons[part.verdict]);
  return item;
}

/** Asks the question, or opens the whole call beside the view, which keeps the focus. */
function commandOf({ requests }: ApprovalTarget, first: ApprovalRequest): vscode.Command {
  if (kindOf(first) === 'question') {
    return { title: 'Answer…', command: commands.answerQuestion, arguments: [{ requests }] };
  }
  const title = 'Show Arguments';
  return { title, command: commands.showCall, arguments: [{ requests, keepsFocus: true }] };
}
