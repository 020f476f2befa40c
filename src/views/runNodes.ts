import * as vscode from 'vscode';
import type { ConversationTarget, RunTarget } from '../host/commandTargets.ts';
import { commands } from '../host/contributionIds.ts';
import { nameOf } from '../host/promptSelection.ts';
import type { HostRun, ListedRun, RunListing } from '../host/runService.ts';
import { needsHigherLimit } from '../shared/continuing.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { plural } from '../shared/quantities.ts';
import { callsForUser } from '../shared/question.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { PhaseCounts } from '../shared/runState.ts';
import { conversationDescription, conversationTooltip } from './conversationWords.ts';
import { conversationIcon, listingIcon, runIcon } from './phaseIcons.ts';
import { plainItem } from './plainItem.ts';
import {
  listingDescription,
  listingLabel,
  listingSentence,
  originWords,
  runDescription,
  runLabel,
  runSentence,
} from './runWords.ts';

/** A run in the Runs view whose state is loaded. */
export interface RunNode extends RunTarget {
  readonly kind: 'run';
  readonly run: HostRun;
  /** In prompt order; the same objects for as long as the run is listed. */
  readonly conversations: readonly ConversationNode[];
  /** Whether the row is expanded at first: only while the run is running, and has few conversations. */
  readonly open: boolean;
}

/** A saved run in the Runs view that is not open: its latest listing. */
export interface ListingNode extends RunTarget {
  readonly kind: 'listing';
  listing: RunListing;
}

/** A conversation in the Runs view. */
export interface ConversationNode extends ConversationTarget {
  readonly kind: 'conversation';
  readonly run: HostRun;
}

/** The runs that are folded because they are old. */
export interface OlderNode {
  readonly kind: 'older';
  runs: readonly ListedRun[];
}

/** A question that waits for the user. */
export interface NoticeNode {
  readonly kind: 'notice';
  /** Its id. */
  readonly notice: string;
  readonly text: string;
}

/** A node of the *Runs* view. */
export type RunsNode = RunNode | ListingNode | ConversationNode | OlderNode | NoticeNode;

/** VS Code fetches all rows below an expanded one at once, and again with each change of it. */
const maxOpen = 200;

/** Creates the node of a saved run that is not open. */
export function listingNode(listing: RunListing): ListingNode {
  return { kind: 'listing', interactive: true, runId: listing.id, listing };
}

/** Creates the node of a loaded run, with nodes for its conversations. */
export function runNode(run: HostRun): RunNode {
  const conversations = run.state.conversations.map(
    ({ index }): ConversationNode => ({
      kind: 'conversation',
      interactive: true,
      runId: run.id,
      conversation: index,
      run,
    }),
  );
  const open = run.state.state === 'running' && conversations.length <= maxOpen;
  return { kind: 'run', interactive: true, runId: run.id, run, conversations, open };
}

/** The row of a loaded run. `from`: the folders of a run that belongs to another window. */
export function runItem({ run, open }: RunNode, from?: readonly OriginFolder[]): vscode.TreeItem {
  const { state } = run;
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const description = describe(runDescription(state), from);
  const { agent, simulated } = state.started;
  const texts = {
    label: runLabel(state),
    description,
    tooltip: [
      ...(state.paused === undefined ? [] : [`Paused: ${state.paused.message.slice(0, 1000)}`]),
      ...state.notes.map((note) => note.slice(0, 1000)),
      description,
      modelLine(agent.model, simulated),
      ...pathsOf(from),
    ].join('\n'),
    spoken: speak(runSentence(state), from),
  };
  const item = plainItem(texts, open ? Expanded : Collapsed);
  item.id = run.id;
  item.iconPath = runIcon(state);
  item.command = openResultsOf(run.id);
  item.contextValue = runContext(run);
  return item;
}

/** The row of a saved run. Expanding it opens the run, unless another window runs it or it is unreadable. */
export function listingItem(
  { listing }: ListingNode,
  from?: readonly OriginFolder[],
): vscode.TreeItem {
  const { id, state, model, simulated } = listing;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const isClosed = state === 'running' || state === 'unreadable';
  const description = describe(listingDescription(listing), from);
  const lines = state === 'unreadable' ? [] : [modelLine(model, simulated), ...pathsOf(from)];
  const texts = {
    label: listingLabel(listing),
    description,
    tooltip: [description, ...lines].join('\n'),
    spoken: speak(listingSentence(listing), from),
  };
  const item = plainItem(texts, isClosed ? None : Collapsed);
  item.id = id;
  item.iconPath = listingIcon(listing);
  if (!isClosed) item.command = openResultsOf(id);
  const context = listingContext(listing);
  if (context !== undefined) item.contextValue = context;
  return item;
}

/** A click on a run opens its results; the twistie expands it. */
function openResultsOf(runId: string): vscode.Command {
  return { title: 'Open Results', command: commands.openResults, arguments: [{ runId }] };
}

/** The row of a question. A click offers its choices. */
export function noticeItem(node: NoticeNode): vscode.TreeItem {
  const { text } = node;
  const item = plainItem({ label: text, tooltip: text, spoken: `Question: ${text}` });
  item.id = `notice ${node.notice}`;
  item.iconPath = new vscode.ThemeIcon('question', new vscode.ThemeColor('list.warningForeground'));
  item.contextValue = 'notice';
  item.command = { title: 'Answer…', command: commands.answerNotice, arguments: [node] };
  return item;
}

/** The row that folds older runs. */
export function olderItem({ runs }: OlderNode): vscode.TreeItem {
  const label = 'Older Runs';
  const description = String(runs.length);
  const spoken = `${label}, ${plural(runs.length, 'run')}`;
  const texts = { label, description, tooltip: plural(runs.length, 'run'), spoken };
  const item = plainItem(texts, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = 'older';
  item.iconPath = new vscode.ThemeIcon('history');
  return item;
}

/** The folder comes first, because a narrow view cuts off the end of a row. */
function describe(text: string, from: readonly OriginFolder[] | undefined): string {
  return from === undefined ? text : `${originWords(from)} · ${text}`;
}

function speak(text: string, from: readonly OriginFolder[] | undefined): string {
  return from === undefined ? text : `${text}, ${originWords(from)}`;
}

function modelLine(model: string, simulated: boolean): string {
  return `${model}${simulated ? ' (simulated answers)' : ''}`;
}

function pathsOf(folders: readonly OriginFolder[] = []): readonly string[] {
  return folders.map(({ path }) => `Folder: ${path}`);
}

/**
 * The context value for menus: `run.running`, with `.paused` when it waits for the user; or `run.ended`, with
 * `.failed` and `.remaining` for conversations to rerun, and `.interrupted` when it can be resumed. A read-only run
 * is always `run.ended`.
 */
function runContext({ state, isReadOnly }: HostRun): string {
  if (isReadOnly === true) return 'run.ended';
  if (state.state === 'running') return state.paused ? 'run.running.paused' : 'run.running';
  return endedContext(state.counts, state.state === 'interrupted');
}

/** Like `runContext`, or `unreadable`. Undefined while another window runs it: no command applies then. */
function listingContext({ state, counts }: RunListing): string | undefined {
  if (state === 'running') return undefined;
  return state === 'unreadable' ? state : endedContext(counts, state === 'interrupted');
}

function endedContext({ failed, stopped, cancelled }: PhaseCounts, isInterrupted: boolean): string {
  const failures = failed + stopped > 0 ? '.failed' : '';
  if (isInterrupted) return `run.ended${failures}.interrupted`;
  return `run.ended${failures}${cancelled > 0 ? '.remaining' : ''}`;
}

/** The file name of a conversation's prompt; empty if it is not from a file. */
function fileOf({ source }: ConversationState): readonly string[] {
  return source === undefined ? [] : [nameOf(vscode.Uri.parse(source.uri))];
}

/** The suffix for menus: `.raisable` if it needs a higher limit to continue, `.continuable` if not; else empty. */
function continueContext(state: ConversationState): string {
  if (!canContinue(state)) return '';
  return needsHigherLimit(state.reason) ? '.raisable' : '.continuable';
}

/** `conversation.` and its phase, how it can continue, and `.changes` when it proposes some. */
function conversationContext(state: ConversationState): string {
  const changes = state.proposals === undefined ? '' : '.changes';
  const undecided = callsForUser(state).length > 0 ? '.undecided' : '';
  return `conversation.${state.phase}${undecided}${continueContext(state)}${changes}`;
}

/** The row of a conversation. Selecting it opens the results. */
export function conversationItem(node: ConversationNode): vscode.TreeItem {
  const { run, runId, conversation } = node;
  const state = run.state.conversations[conversation];
  if (state === undefined) return plainItem({ label: '' });
  const description = conversationDescription(state, run.nowMs());
  const item = plainItem({
    label: state.name,
    description,
    tooltip: conversationTooltip(state, run.nowMs()),
    spoken: [state.name, ...fileOf(state), state.phase, description].filter(Boolean).join(', '),
  });
  item.id = `${runId}/${conversation}`;
  item.iconPath = conversationIcon(state);
  item.contextValue = conversationContext(state);
  item.command = {
    title: 'Open Results',
    command: commands.openResults,
    arguments: [{ runId, conversation }],
  };
  return item;
}
