import * as vscode from 'vscode';
import type { ConversationPhase } from '../shared/conversationState.ts';
import type { RunState } from '../shared/runState.ts';
import { heldBy } from './runWords.ts';

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

/** The icon of a phase as text, for places that show icons within text. */
export function phaseGlyph(phase: ConversationPhase): string {
  return `$(${icons[phase][0]})`;
}

/** The icon of a run: failures first. A run that waits for the user shows as paused. */
export function runIcon(run: RunState): vscode.ThemeIcon {
  const isHeld = run.paused !== undefined || run.state === 'interrupted';
  if (!isHeld) return phaseIcon(runPhase(run));
  return new vscode.ThemeIcon('debug-pause', new vscode.ThemeColor('list.warningForeground'));
}

/** The icon of a run as text. */
export function runGlyph(run: RunState): string {
  return run.paused === undefined ? phaseGlyph(runPhase(run)) : '$(debug-pause)';
}

function runPhase(run: RunState): ConversationPhase {
  if (run.state === 'running') return heldBy(run) === undefined ? 'running' : 'waiting';
  const { failed, stopped, cancelled } = run.counts;
  if (failed > 0) return 'failed';
  if (run.state === 'cancelled') return 'cancelled';
  if (stopped > 0) return 'stopped';
  return cancelled > 0 ? 'cancelled' : 'done';
}
