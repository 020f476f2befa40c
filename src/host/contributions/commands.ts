import type { CommandName } from '../contributionIds.ts';
import {
  all,
  editsArguments,
  hasApprovals,
  hasChecked,
  hasLastRun,
  hasQuestions,
  hasRuns,
  hidesRuns,
  onApprovals,
  promptFile,
  promptText,
  running,
  showsAllRuns,
  trusted,
  type When,
} from './conditions.ts';

/** A command in the manifest. */
interface CommandText {
  readonly title: string;
  /** The name of a codicon. */
  readonly icon?: string;
  /** When the command palette shows it; always if absent. `never`: the command needs a row of a view. */
  readonly palette?: When | 'never';
  /** `key` avoids Ctrl+Alt, which is AltGr on Windows and Linux. `mac` uses Cmd, because Option types characters. */
  readonly keys?: { readonly key: string; readonly mac: string; readonly when: When };
}

/** All commands, in manifest order. */
export const commandTexts: { readonly [N in CommandName]: CommandText } = {
  runSelection: {
    title: 'Run Prompts at Cursor or Selection',
    icon: 'play',
    palette: 'editorIsOpen',
    keys: { key: 'alt+enter', mac: 'cmd+alt+enter', when: promptText },
  },
  runFile: {
    title: 'Run All Prompts in File',
    icon: 'run-all',
    palette: promptFile,
    keys: { key: 'shift+alt+enter', mac: 'cmd+shift+alt+enter', when: promptText },
  },
  runFiles: { title: 'Run Prompts', icon: 'run-all', palette: 'never' },
  runItem: { title: 'Run', icon: 'play', palette: 'never' },
  runChanged: { title: 'Run New and Changed Rows', icon: 'run-all', palette: 'never' },
  runChecked: { title: 'Run Checked Prompts', icon: 'run-all', palette: hasChecked },
  pickPrompts: { title: 'Run Prompts…' },
  rerunFailed: { title: 'Rerun Failed', icon: 'run-errors', palette: hasRuns },
  runRemaining: { title: 'Run Remaining', icon: 'debug-continue', palette: hasRuns },
  resumeRun: { title: 'Resume Run', icon: 'debug-continue', palette: hasRuns },
  rerunLast: { title: 'Rerun Last Run', icon: 'debug-rerun', palette: hasLastRun },
  retryConversation: { title: 'Retry', icon: 'refresh', palette: 'never' },
  continueConversation: { title: 'Continue', icon: 'debug-continue', palette: 'never' },
  raiseLimit: { title: 'Raise Limit and Continue', icon: 'debug-continue', palette: 'never' },
  cancelRun: { title: 'Cancel Run', icon: 'debug-stop', palette: running },
  cancelAllRuns: { title: 'Cancel All Runs', icon: 'debug-stop', palette: running },
  cancelConversation: { title: 'Cancel', icon: 'debug-stop', palette: 'never' },
  openResults: { title: 'Open Results', icon: 'open-preview', palette: hasRuns },
  openTranscript: { title: 'Open Transcript', icon: 'comment-discussion', palette: 'never' },
  revealPrompt: { title: 'Go to Prompt', icon: 'go-to-file', palette: 'never' },
  copyAnswer: { title: 'Copy Answer', icon: 'copy', palette: 'never' },
  copyAll: { title: 'Copy All as Markdown', icon: 'copy', palette: hasRuns },
  showLog: { title: 'Show Log', icon: 'output' },
  exportResults: { title: 'Export Results…', icon: 'export', palette: hasRuns },
  newPromptFile: { title: 'New Prompt File…', icon: 'new-file' },
  setApiKey: { title: 'Set API Key…', icon: 'key' },
  selectAgent: { title: 'Select Agent…', icon: 'person' },
  selectModel: { title: 'Select Model…', icon: 'sparkle' },
  testConnection: { title: 'Test Connection', icon: 'plug' },
  deleteRun: { title: 'Delete Run', icon: 'trash', palette: 'never' },
  answerNotice: { title: 'Answer…', icon: 'comment-discussion', palette: 'never' },
  openExamples: { title: 'Open Examples', icon: 'book' },
  reviewChanges: { title: 'Review Changes', icon: 'diff-multiple', palette: hasRuns },
  applyChanges: { title: 'Apply Changes', icon: 'check-all', palette: all(hasRuns, trusted) },
  showAllRuns: { title: 'Show Runs of All Folders', icon: 'filter-filled', palette: hidesRuns },
  reviewApprovals: { title: 'Review Approvals', icon: 'shield' },
  decideCall: {
    title: 'Decide on Tool Call…',
    icon: 'shield',
    palette: hasApprovals,
    keys: { key: 'alt+enter', mac: 'cmd+alt+enter', when: onApprovals },
  },
  allowCall: { title: 'Allow', icon: 'check', palette: hasApprovals },
  allowEqual: { title: 'Allow All Equal…', icon: 'check-all', palette: hasApprovals },
  allowForConversation: { title: 'Allow for Conversation…', palette: hasApprovals },
  allowForRun: { title: 'Allow for Run…', palette: hasApprovals },
  allowAlways: { title: 'Always Allow…', palette: hasApprovals },
  allowChanged: { title: 'Edit Arguments and Allow…', icon: 'edit', palette: hasApprovals },
  allowEdited: { title: 'Allow with These Arguments', icon: 'check', palette: editsArguments },
  answerQuestion: { title: 'Answer…', icon: 'comment-discussion', palette: hasQuestions },
  denyCall: { title: 'Deny with Reason…', icon: 'circle-slash', palette: hasApprovals },
  denyAndEnd: { title: 'Deny and End Conversation…', palette: hasApprovals },
  denyEverywhere: { title: 'Deny in All Conversations…', palette: hasApprovals },
  showRuleProblems: { title: 'Show Rule Problems', icon: 'warning' },
  reviewWorkspaceRules: { title: 'Review Rules of Folder…', icon: 'law' },
  showCall: { title: 'Show Arguments', icon: 'open-preview', palette: hasApprovals },
  showQuestion: { title: 'Show Question', icon: 'open-preview', palette: hasQuestions },
  showOwnRuns: { title: 'Show Runs of This Folder Only', icon: 'filter', palette: showsAllRuns },
};
