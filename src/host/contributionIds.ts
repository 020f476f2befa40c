/** Every command. `registerCommands.ts` has its handler, `contributions/commands.ts` its texts. */
export const commands = {
  runSelection: 'interleave.runSelection',
  runFile: 'interleave.runFile',
  runFiles: 'interleave.runFiles',
  runItem: 'interleave.runItem',
  runChecked: 'interleave.runChecked',
  pickPrompts: 'interleave.pickPrompts',
  rerunFailed: 'interleave.rerunFailed',
  runRemaining: 'interleave.runRemaining',
  resumeRun: 'interleave.resumeRun',
  rerunLast: 'interleave.rerunLast',
  retryConversation: 'interleave.retryConversation',
  continueConversation: 'interleave.continueConversation',
  raiseLimit: 'interleave.raiseLimit',
  cancelRun: 'interleave.cancelRun',
  cancelAllRuns: 'interleave.cancelAllRuns',
  cancelConversation: 'interleave.cancelConversation',
  openResults: 'interleave.openResults',
  openTranscript: 'interleave.openTranscript',
  revealPrompt: 'interleave.revealPrompt',
  copyAnswer: 'interleave.copyAnswer',
  copyAll: 'interleave.copyAll',
  showLog: 'interleave.showLog',
  exportResults: 'interleave.exportResults',
  newPromptFile: 'interleave.newPromptFile',
  setApiKey: 'interleave.setApiKey',
  selectAgent: 'interleave.selectAgent',
  selectModel: 'interleave.selectModel',
  testConnection: 'interleave.testConnection',
  deleteRun: 'interleave.deleteRun',
  openExamples: 'interleave.openExamples',
  showAllRuns: 'interleave.showAllRuns',
  showOwnRuns: 'interleave.showOwnRuns',
} as const;

export type CommandName = keyof typeof commands;
export type CommandId = (typeof commands)[CommandName];

/** Views of the Interleave container in the side bar. */
export const views = { prompts: 'interleave.prompts', runs: 'interleave.runs' } as const;

/** Context keys that menus and keys depend on. */
export const contextKeys = {
  /** A run is under way. */
  running: 'interleave.running',
  /** At least one run can be looked at. */
  hasRuns: 'interleave.hasRuns',
  /** Some of the kept runs belong to other folders. */
  hasOtherRuns: 'interleave.hasOtherRuns',
  /** Runs of other folders are shown, too. */
  showsAllRuns: 'interleave.showsAllRuns',
  /** There is a last run that can be started once more. */
  hasLastRun: 'interleave.hasLastRun',
  /** At least one prompt is checked in the Prompts view. */
  hasChecked: 'interleave.hasChecked',
} as const;

/** The results panel's view type. */
export const resultsPanelType = 'interleave.results';

/** The scheme of read-only documents that show a conversation. */
export const transcriptScheme = 'interleave-transcript';
