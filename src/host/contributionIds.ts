/** All commands. Their handlers are in `registerCommands.ts`, their titles in `contributions/commands.ts`. */
export const commands = {
  runSelection: 'interleave.runSelection',
  runFile: 'interleave.runFile',
  runFiles: 'interleave.runFiles',
  runItem: 'interleave.runItem',
  runChanged: 'interleave.runChanged',
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
  answerNotice: 'interleave.answerNotice',
  openExamples: 'interleave.openExamples',
  reviewChanges: 'interleave.reviewChanges',
  applyChanges: 'interleave.applyChanges',
  showAllRuns: 'interleave.showAllRuns',
  showOwnRuns: 'interleave.showOwnRuns',
  reviewApprovals: 'interleave.reviewApprovals',
  decideCall: 'interleave.decideCall',
  allowCall: 'interleave.allowCall',
  allowEqual: 'interleave.allowEqual',
  allowForConversation: 'interleave.allowForConversation',
  allowForRun: 'interleave.allowForRun',
  allowAlways: 'interleave.allowAlways',
  allowChanged: 'interleave.allowChanged',
  allowEdited: 'interleave.allowEdited',
  answerQuestion: 'interleave.answerQuestion',
  denyCall: 'interleave.denyCall',
  denyAndEnd: 'interleave.denyAndEnd',
  denyEverywhere: 'interleave.denyEverywhere',
  showCall: 'interleave.showCall',
  showQuestion: 'interleave.showQuestion',
  showRuleProblems: 'interleave.showRuleProblems',
  reviewWorkspaceRules: 'interleave.reviewWorkspaceRules',
} as const;

/** The name of a command without `interleave.`. */
export type CommandName = keyof typeof commands;
/** The id of a command, as VS Code knows it. */
export type CommandId = (typeof commands)[CommandName];

/** Views of the Interleave container in the side bar. */
export const views = {
  prompts: 'interleave.prompts',
  runs: 'interleave.runs',
  approvals: 'interleave.approvals',
} as const;

/** Context keys for `when` clauses of menus and keybindings. */
export const contextKeys = {
  /** A run is in progress. */
  running: 'interleave.running',
  /** At least one run can be opened. */
  hasRuns: 'interleave.hasRuns',
  /** Some saved runs belong to other folders. */
  hasOtherRuns: 'interleave.hasOtherRuns',
  /** The *Runs* view also shows runs of other folders. */
  showsAllRuns: 'interleave.showsAllRuns',
  /** *Rerun Last Run* has a run to start again. */
  hasLastRun: 'interleave.hasLastRun',
  /** At least one prompt is checked in the Prompts view. */
  hasChecked: 'interleave.hasChecked',
  /** At least one tool call waits for a decision. */
  hasApprovals: 'interleave.hasApprovals',
  /** At least one of them is a question. */
  hasQuestions: 'interleave.hasQuestions',
  /** The editor in front has the arguments of a call that waits, to be edited. */
  editsArguments: 'interleave.editsArguments',
} as const;

/** View type of the results panel. */
export const resultsPanelType = 'interleave.results';

/** URI scheme of the read-only transcript documents. */
export const transcriptScheme = 'interleave-transcript';

/** The scheme of read-only documents that show tool calls that wait for a decision. */
export const approvalScheme = 'interleave-approval';

/** The scheme of read-only documents that show what a file would be. */
export const proposalScheme = 'interleave-proposal';
