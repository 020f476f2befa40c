import * as vscode from 'vscode';
import type { ConversationTarget, RunTarget } from '../host/commandTargets.ts';
import { commands } from '../host/contributionIds.ts';
import { nameOf } from '../host/promptSelection.ts';
import type { HostRun, RunListing } from '../host/runService.ts';
import { needsHigherLimit } from '../shared/continuing.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { PhaseCounts } from '../shared/runState.ts';
import { listingIcon, phaseIcon, runIcon } from './phaseIcons.ts';
import { plainItem } from './plainItem.ts';
import {
  conversationDescription,
  conversationTooltip,
  listingDescription,
  listingLabel,
  listingSentence,
  originWords,
  progressOf,
  progressSentence,
  runDescription,
  runLabel,
} from './runWords.ts';

/** A run in the Runs view whose state is loaded. */
export interface RunNode extends RunTarget {
  readonly kind: 'run';
  readonly run: HostRun;
  /** In prompt order; the same objects for as long as the run is listed. */
  readonly conversations: readonly ConversationNode[];
  /** Whether it shows its conversations at first; a kept one does not. */
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

export type RunsNode = RunNode | ListingNode | ConversationNode;

export function listingNode(listing: RunListing): ListingNode {
  return { kind: 'listing', interactive: true, runId: listing.id, listing };
}

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
  const open = run.state.state === 'running';
  return { kind: 'run', interactive: true, runId: run.id, run, conversations, open };
}

/** `from` names the folders of a run that was made elsewhere. */
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
    spoken: speak(`Run ${state.started.number}, ${progressSentence(progressOf([state]))}`, from),
  };
  const item = plainItem(texts, open ? Expanded : Collapsed);
  item.id = run.id;
  item.iconPath = runIcon(state);
  item.contextValue = runContext(run);
  return item;
}

/** A saved run's row. Expanding it opens the run, unless another window runs it or it is unreadable. */
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
  const context = listingContext(listing);
  if (context !== undefined) item.contextValue = context;
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
 * `run.running`, with `.paused` when it waits for a person, or `run.ended` with `.failed` and
 * `.remaining` for what there is to run again and `.interrupted` when it can go on. What comes from
 * elsewhere can do neither.
 */
function runContext({ state, isReadOnly }: HostRun): string {
  if (isReadOnly === true) return 'run.ended';
  if (state.state === 'running') return state.paused ? 'run.running.paused' : 'run.running';
  return endedContext(state.counts, state.state === 'interrupted');
}

/** The same, or `unreadable`; none while another window has it, because nothing can be done here then. */
function listingContext({ state, counts }: RunListing): string | undefined {
  if (state === 'running') return undefined;
  return state === 'unreadable' ? state : endedContext(counts, state === 'interrupted');
}

function endedContext({ failed, stopped, cancelled }: PhaseCounts, isInterrupted: boolean): string {
  const failures = failed + stopped > 0 ? '.failed' : '';
  if (isInterrupted) return `run.ended${failures}.interrupted`;
  return `run.ended${failures}${cancelled > 0 ? '.remaining' : ''}`;
}

/** The name of the file that a conversation's prompt is in; a selection or another extension may give none. */
function fileOf({ source }: ConversationState): readonly string[] {
  return source === undefined ? [] : [nameOf(vscode.Uri.parse(source.uri))];
}

/** `.raisable` when it goes on with a higher limit, `.continuable` when it goes on as it is. */
function goingOn(state: ConversationState): string {
  if (!canContinue(state)) return '';
  return needsHigherLimit(state.reason) ? '.raisable' : '.continuable';
}

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
  item.iconPath = phaseIcon(state.phase);
  item.contextValue = `conversation.${state.phase}${goingOn(state)}`;
  item.command = {
    title: 'Open Results',
    command: commands.openResults,
    arguments: [{ runId, conversation }],
  };
  return item;
}
