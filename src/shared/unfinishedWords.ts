import type { UnfinishedAnswer } from './conversationEvents.ts';

/** What stands before a text that is no answer, in every view. */
export const unfinishedWords: { readonly [U in UnfinishedAnswer]: string } = {
  interim: 'No answer. Said last, on the way to one:',
  broken_off: 'The answer broke off:',
};
