import type { UnfinishedAnswer } from './outcome.ts';

/** What every view says above a text that is no final answer. */
export const unfinishedWords: { readonly [U in UnfinishedAnswer]: string } = {
  interim: 'No final answer. The last text before tool calls:',
  broken_off: 'The answer was cut off:',
};
