import { continueLabel } from '../../src/shared/continuing.ts';
import type { ConversationState } from '../../src/shared/conversationState.ts';
import { answerToKeep, canContinue, hasEnded } from '../../src/shared/conversationState.ts';
import type { PanelRequest } from '../../src/shared/panelProtocol.ts';
import { callsForUser, needsAnswer } from '../../src/shared/question.ts';

/** An action on one conversation. */
export interface RowAction {
  readonly icon: string;
  readonly label: string;
  readonly request: PanelRequest;
}

/** Whether *Retry* is offered: the conversation ended without a final answer. */
export function canRetry(conversation: ConversationState): boolean {
  return hasEnded(conversation) && conversation.phase !== 'done';
}

/** The actions that a conversation offers now. */
export function rowActions(conversation: ConversationState): readonly RowAction[] {
  const { index } = conversation;
  const actions: RowAction[] = [];
  if (callsForUser(conversation).length > 0) {
    const isAsked = needsAnswer(conversation);
    const [icon, label] = isAsked
      ? ['comment-discussion', 'Review Question']
      : ['shield', 'Review Approval'];
    actions.push(action(icon, label, 'reviewApproval', index));
  }
  if (canContinue(conversation)) {
    const label = continueLabel(conversation.reason);
    actions.push(action('debug-continue', label, 'continueConversation', index));
  }
  if (canRetry(conversation)) actions.push(action('refresh', 'Retry', 'retryConversation', index));
  if (!hasEnded(conversation)) {
    actions.push(action('debug-stop', 'Cancel', 'cancelConversation', index));
  }
  if (conversation.proposals !== undefined) {
    actions.push(action('diff-multiple', 'Review Changes', 'reviewChanges', index));
  }
  if (answerToKeep(conversation) !== '') {
    actions.push(action('copy', 'Copy Answer', 'copyAnswer', index));
  }
  if (conversation.source !== undefined) {
    actions.push(action('go-to-file', 'Go to Prompt', 'revealPrompt', index));
  }
  return actions;
}

type ConversationRequest = Exclude<
  Extract<PanelRequest, { readonly conversation: number }>['type'],
  'applyFile'
>;

function action(
  icon: string,
  label: string,
  type: ConversationRequest,
  conversation: number,
): RowAction {
  return { icon, label, request: { type, conversation } };
}
