import * as vscode from 'vscode';
import type { RunListing } from '../host/runService.ts';
import type { ConversationPhase, ConversationState } from '../shared/conversationState.ts';
import { needsAnswer } from '../shared/question.ts';
import type { RunState } from '../shared/runState.ts';
import { needsDecision } from '../shared/span.ts';
import { heldBy } from './runProgress.ts';

const icons: { readonly [P in ConversationPhase]: readonly [icon: string, color?: string] } = {
  queued: ['circle-outline', 'testing.iconUnset'],
  waiting: ['watch', 'testing.iconQueued'],
  running: ['sync~spin'],
  done: ['pass', 'testing.iconPassed'],
  failed: ['error', 'problemsErrorIcon.foreground'],
  stopped: ['warning', 'list.warningForeground'],
  cancelled: ['circle-slash', 'testing.iconSkipped'],
};

/** The icon of a phase, in the theme's colours for test states. */
export function phaseIcon(phase: ConversationPhase): vscode.ThemeIcon {
  const [icon, color] = icons[phase];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** The icon of a conversation: one that waits for the user stands out. */
export function conversationIcon(state: ConversationState): vscode.ThemeIcon {
  if (state.phase !== 'waiting' || !needsDecision(state)) return phaseIcon(state.phase);
  const icon = needsAnswer(state) ? 'comment-discussion' : 'shield';
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor('list.warningForeground'));
}

/** The icon of a phase as text, for places that show icons within text. */
export function phaseGlyph(phase: ConversationPhase): string {
  return `$(${icons[phase][0]})`;
}

/** The icon of a run: failures first. A run that waits for the user shows as paused. */
export function runIcon(run: RunState): vscode.ThemeIcon {
  const isHeld = run.paused !== undefined || run.state === 'interrupted';
  return isHeld ? heldIcon() : phaseIcon(runPhase(run));
}

/** The icon of a run of which only the listing is here. */
export function listingIcon({ state, counts }: RunListing): vscode.ThemeIcon {
  if (state === 'interrupted') return heldIcon();
  if (state === 'unreadable') return phaseIcon('stopped');
  return phaseIcon(state === 'running' ? 'running' : endedPhase({ state, counts }));
}

function heldIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('list.warningForeground'));
}

/** The icon of a run as text. */
export function runGlyph(run: RunState): string {
  return run.paused === undefined ? phaseGlyph(runPhase(run)) : '$(debug-pause)';
}

function runPhase(run: RunState): ConversationPhase {
  if (run.state === 'running') return heldBy(run) === undefined ? 'running' : 'waiting';
  return endedPhase(run);
}

function endedPhase({ state, counts }: Pick<RunState, 'state' | 'counts'>): ConversationPhase {
  const { failed, stopped, cancelled } = counts;
  if (failed > 0) return 'failed';
  if (state === 'cancelled') return 'cancelled';
  if (stopped > 0) return 'stopped';
  return cancelled > 0 ? 'cancelled' : 'done';
}
