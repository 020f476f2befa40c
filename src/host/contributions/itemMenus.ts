import type { CommandName } from '../contributionIds.ts';
import { all, inApprovals, inPrompts, inRuns, item, trusted, type When } from './conditions.ts';

/** A menu item: command, `when` clause, and group with its position (`group@1`). An empty `when` is always. */
export type MenuRow = readonly [command: CommandName, when: When, group: string];

/** Inline actions and context menu of the *Prompts* view. A row has room for three icons. */
export const promptItemMenu: readonly MenuRow[] = [
  ...inlineAndMenu('runItem', prompt(/^(prompt|file|folder)$/), 'inline@1', '1_run@1'),
  ['runChanged', prompt(/^(prompt|file|folder)$/), '1_run@2'],
  ['revealPrompt', prompt(/^(prompt|file)$/), '2_open@1'],
];

const resumable = run(/\.(paused|interrupted)$/);
const runningRun = run(/^run\.running/);
const failedRun = run(/^run\.ended\.failed/);
const endedRun = run(/^run\.ended/);
const anyRun = run(/^run\./);
const anyConversation = run(/^conversation\./);
const openConversation = run(/^conversation\.(queued|waiting|running)/);
const hasChanges = run(/^conversation\..*\.changes$/);
const hasEndedWithChanges = run(/^conversation\.(done|failed|stopped|cancelled).*\.changes$/);
const undecided = run(/\.undecided/);

/** Inline actions and context menu of the *Runs* view. */
export const runItemMenu: readonly MenuRow[] = [
  ['answerNotice', run(/^notice$/), 'inline@1'],
  ...inlineAndMenu('resumeRun', resumable, 'inline@0', '1_run@0'),
  ...inlineAndMenu('cancelRun', runningRun, 'inline@1', '1_run@1'),
  ...inlineAndMenu('rerunFailed', failedRun, 'inline@1', '1_run@2'),
  ['runRemaining', run(/^run\.ended.*\.remaining$/), '1_run@3'],
  ...inlineAndMenu('openResults', anyRun, 'inline@2', '2_results@1'),
  ['copyAll', anyRun, '2_results@2'],
  ['exportResults', endedRun, '2_results@3'],
  ['deleteRun', run(/^unreadable$/), 'inline@1'],
  ['deleteRun', run(/^(run\.ended|unreadable)/), '9_delete@1'],
  ...inlineAndMenu('cancelConversation', openConversation, 'inline@1', '3_run@1'),
  ['retryConversation', run(/^conversation\.(failed|stopped|cancelled)/), 'inline@1'],
  ['copyAnswer', run(/^conversation\.done/), 'inline@1'],
  ...inlineAndMenu('openTranscript', anyConversation, 'inline@2', '1_open@1'),
  ['revealPrompt', anyConversation, '1_open@2'],
  ['copyAnswer', run(/^conversation\.(running|done|failed|stopped|cancelled)/), '2_copy@1'],
  ...inlineAndMenu('reviewApprovals', undecided, 'inline@0', '3_run@0'),
  ['continueConversation', run(/\.continuable/), '3_run@1'],
  ...inlineAndMenu('raiseLimit', run(/\.raisable/), 'inline@0', '3_run@1'),
  ['retryConversation', run(/^conversation\.(done|failed|stopped|cancelled)/), '3_run@2'],
  ['reviewChanges', hasChanges, '4_changes@1'],
  ['applyChanges', all(hasEndedWithChanges, trusted), '4_changes@2'],
];

const anyCall = approval(/^approval\./);
const oneCall = approval(/^approval\.(call|one)/);
const severalCalls = approval(/^approval\.several$/);
const equalCalls = approval(/^approval\.(several|call\.equal)$/);
const callRow = approval(/^(approval|question)\.call/);
const anyQuestion = approval(/^question\./);
const callOrQuestion = approval(/^(approval|question)\./);

/** The same for the *Approvals* view. */
export const approvalItemMenu: readonly MenuRow[] = [
  ...inlineAndMenu('allowCall', oneCall, 'inline@1', '1_allow@1'),
  ['allowEqual', severalCalls, 'inline@1'],
  ['allowEqual', equalCalls, '1_allow@2'],
  ['allowForConversation', oneCall, '1_allow@3'],
  ['allowForRun', anyCall, '1_allow@4'],
  ['allowAlways', anyCall, '1_allow@5'],
  ['allowChanged', oneCall, '1_allow@6'],
  ...inlineAndMenu('answerQuestion', anyQuestion, 'inline@1', '1_allow@1'),
  ...inlineAndMenu('denyCall', callOrQuestion, 'inline@2', '2_deny@1'),
  ['denyAndEnd', callOrQuestion, '2_deny@2'],
  ['denyEverywhere', callOrQuestion, '2_deny@3'],
  ...inlineAndMenu('showCall', anyCall, 'inline@3', '3_open@1'),
  ...inlineAndMenu('showQuestion', anyQuestion, 'inline@3', '3_open@1'),
  ['openResults', callRow, '3_open@2'],
  ['openTranscript', callRow, '3_open@3'],
];

function approval(contextValue: RegExp): When {
  return all(inApprovals, item(contextValue));
}

function prompt(contextValue: RegExp): When {
  return all(inPrompts, item(contextValue));
}

function run(contextValue: RegExp): When {
  return all(inRuns, item(contextValue));
}

/** An inline action that is also in the context menu. */
function inlineAndMenu(
  command: CommandName,
  when: When,
  inline: string,
  group: string,
): readonly MenuRow[] {
  return [
    [command, when, inline],
    [command, when, group],
  ];
}
