import * as vscode from 'vscode';
import type { ConversationTarget, RunTarget } from '../host/commandTargets.ts';
import { commands } from '../host/contributionIds.ts';
import { nameOf } from '../host/promptSelection.ts';
import type { HostRun } from '../host/runService.ts';
import type { ConversationState } from '../shared/conversationState.ts';
import { canContinue } from '../shared/conversationState.ts';
import { phaseIcon, runIcon } from './phaseIcons.ts';
import { plainItem } from './plainItem.ts';
import {
  conversationDescription,
  conversationTooltip,
  progressOf,
  progressSentence,
  runDescription,
  runLabel,
} from './runWords.ts';

/** A run in the Runs view. */
export interface RunNode extends RunTarget {
  readonly kind: 'run';
  readonly run: HostRun;
  /** In prompt order; the same objects for as long as the run is listed. */
  readonly conversations: readonly ConversationNode[];
  /** Whether it shows its conversations at first; one of an earlier window that had ended does not. */
  readonly open: boolean;
}

/** A conversation in the Runs view. */
export interface ConversationNode extends ConversationTarget {
  readonly kind: 'conversation';
  readonly run: HostRun;
}

export type RunsNode = RunNode | ConversationNode;

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
  const open = run.state.state === 'running' || run.state.state === 'interrupted';
  return { kind: 'run', interactive: true, runId: run.id, run, conversations, open };
}

export function runItem({ run, open }: RunNode): vscode.TreeItem {
  const { state } = run;
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const description = runDescription(state);
  const texts = {
    label: runLabel(state),
    description,
    tooltip: runTooltip(state, description),
    spoken: `Run ${state.started.number}, ${progressSentence(progressOf([state]))}`,
  };
  const item = plainItem(texts, open ? Expanded : Collapsed);
  item.id = run.id;
  item.iconPath = runIcon(state);
  item.contextValue = runContext(run);
  return item;
}

function runTooltip(state: HostRun['state'], description: string): string {
  return [
    ...(state.paused === undefined ? [] : [`Paused: ${state.paused.message.slice(0, 1000)}`]),
    ...state.notes.map((note) => note.slice(0, 1000)),
    description,
    `${state.started.agent.model}${state.started.simulated ? ' (simulated answers)' : ''}`,
  ].join('\n');
}

/**
 * `run.running`, with `.paused` when it waits for a person, or `run.ended` with `.failed` and
 * `.remaining` for what there is to run again and `.interrupted` when it can go on. What comes from
 * elsewhere can do neither.
 */
function runContext({ state, isReadOnly }: HostRun): string {
  if (isReadOnly === true) return 'run.ended';
  if (state.state === 'running') return state.paused ? 'run.running.paused' : 'run.running';
  const { failed, stopped, cancelled } = state.counts;
  const failures = failed + stopped > 0 ? '.failed' : '';
  if (state.state === 'interrupted') return `run.ended${failures}.interrupted`;
  return `run.ended${failures}${cancelled > 0 ? '.remaining' : ''}`;
}

/** The name of the file that a conversation's prompt is in; a selection or another extension may give none. */
function fileOf({ source }: ConversationState): readonly string[] {
  return source === undefined ? [] : [nameOf(vscode.Uri.parse(source.uri))];
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
  item.contextValue = `conversation.${state.phase}${canContinue(state) ? '.continuable' : ''}`;
  item.command = {
    title: 'Open Results',
    command: commands.openResults,
    arguments: [{ runId, conversation }],
  };
  return item;
}
