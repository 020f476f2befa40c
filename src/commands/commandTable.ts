import type { CommandId } from '../host/contributionIds.ts';
import { commands } from '../host/contributionIds.ts';
import { noRunsWithoutTrust, requireTrust } from '../host/trust.ts';
import { answerNotice } from './answerNotice.ts';
import { allowCall, allowEqual, allowFor } from './approvals/allow.ts';
import { allowChanged, allowEdited } from './approvals/allowChanged.ts';
import { answerQuestion } from './approvals/answer.ts';
import { decideCall } from './approvals/decideCall.ts';
import { denyCall } from './approvals/deny.ts';
import { reviewApprovals } from './approvals/reviewApprovals.ts';
import { showCall } from './approvals/showCall.ts';
import { cancelAllRuns, cancelConversation, cancelRun } from './cancel.ts';
import type { CommandHandler, CommandServices } from './commandServices.ts';
import { copyAll, copyAnswer } from './copy.ts';
import { deleteRun } from './deleteRun.ts';
import { exportResults } from './exportResults.ts';
import { newPromptFile } from './newPromptFile.ts';
import { openExamples } from './openExamples.ts';
import { openResults } from './openResults.ts';
import { openTranscript } from './openTranscript.ts';
import { pickPrompts } from './pickPrompts.ts';
import { applyChanges, reviewChanges } from './proposals.ts';
import {
  continueConversation,
  rerunFailed,
  rerunLast,
  resumeRun,
  retryConversation,
  runRemaining,
} from './rerun.ts';
import { revealPrompt } from './revealPrompt.ts';
import { reviewWorkspaceRules } from './reviewWorkspaceRules.ts';
import { runChanged } from './runChanged.ts';
import { runChecked } from './runChecked.ts';
import { runFile, runFiles } from './runFiles.ts';
import { runItem } from './runItem.ts';
import { runSelection } from './runSelection.ts';
import { selectAgent } from './selectAgent.ts';
import { selectModel } from './selectModel.ts';
import { setApiKey } from './setApiKey.ts';
import { showRuleProblems } from './showRuleProblems.ts';
import { showAllRuns, showOwnRuns } from './showRuns.ts';
import { testConnection } from './testConnection.ts';

/** All commands with their handlers. */
export type CommandTable = { readonly [C in CommandId]: CommandHandler };

/** Creates the handlers of all commands. The type makes a missing one a compile error. */
export function commandTable(services: CommandServices): CommandTable {
  return {
    [commands.runSelection]: inTrust(runSelection(services)),
    [commands.runFile]: inTrust(runFile(services)),
    [commands.runFiles]: inTrust(runFiles(services)),
    [commands.runItem]: inTrust(runItem(services)),
    [commands.runChanged]: inTrust(runChanged(services)),
    [commands.runChecked]: inTrust(runChecked(services)),
    [commands.pickPrompts]: inTrust(pickPrompts(services)),
    [commands.rerunFailed]: rerunFailed(services),
    [commands.runRemaining]: runRemaining(services),
    [commands.resumeRun]: resumeRun(services),
    [commands.rerunLast]: inTrust(rerunLast(services)),
    [commands.retryConversation]: retryConversation(services),
    [commands.continueConversation]: continueConversation(services),
    // The handler of *Continue*. A separate command, because a menu item has a fixed title.
    [commands.raiseLimit]: continueConversation(services),
    [commands.cancelRun]: cancelRun(services),
    [commands.cancelAllRuns]: cancelAllRuns(services),
    [commands.cancelConversation]: cancelConversation(services),
    [commands.openResults]: openResults(services),
    [commands.openTranscript]: openTranscript(services),
    [commands.revealPrompt]: revealPrompt(services),
    [commands.copyAnswer]: copyAnswer(services),
    [commands.copyAll]: copyAll(services),
    [commands.showLog]: () => services.log.show(),
    [commands.exportResults]: exportResults(services),
    [commands.newPromptFile]: newPromptFile(),
    [commands.setApiKey]: setApiKey(services),
    [commands.selectAgent]: selectAgent(services),
    [commands.selectModel]: selectModel(services),
    [commands.testConnection]: testConnection(services),
    [commands.deleteRun]: deleteRun(services),
    [commands.answerNotice]: answerNotice(services),
    [commands.openExamples]: openExamples(services),
    [commands.reviewChanges]: reviewChanges(services),
    [commands.applyChanges]: applyChanges(services),
    [commands.showAllRuns]: showAllRuns(services),
    [commands.showOwnRuns]: showOwnRuns(services),
    [commands.reviewApprovals]: reviewApprovals(services),
    [commands.decideCall]: decideCall(services),
    [commands.allowCall]: allowCall(services),
    [commands.allowEqual]: allowEqual(services),
    [commands.allowForConversation]: allowFor(services, 'conversation'),
    [commands.allowForRun]: allowFor(services, 'run'),
    [commands.allowAlways]: allowFor(services, 'always'),
    [commands.allowChanged]: allowChanged(services),
    [commands.allowEdited]: allowEdited(services),
    [commands.answerQuestion]: answerQuestion(services),
    [commands.denyCall]: denyCall(services),
    [commands.denyAndEnd]: denyCall(services, 'conversation'),
    [commands.denyEverywhere]: denyCall(services, 'run'),
    [commands.showCall]: showCall(services),
    // A separate command, because a menu item has a fixed title.
    [commands.showQuestion]: showCall(services, 'answered'),
    [commands.showRuleProblems]: showRuleProblems(services),
    [commands.reviewWorkspaceRules]: reviewWorkspaceRules(services),
  };
}

/** Checks trust before the handler runs, because its errors could quote files of the untrusted folder. */
function inTrust(handler: CommandHandler): CommandHandler {
  return (...args) => {
    requireTrust(noRunsWithoutTrust);
    return handler(...args);
  };
}
