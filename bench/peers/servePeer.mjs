import { outcomeOf } from '../contenders/conversation.ts';
import { serve } from '../contenders/serve.ts';
import { promptOf } from '../workload/workload.ts';

/**
 * Turns this process into a contender that starts all conversations at once. `makers` has, for each
 * protocol that the program speaks, what makes a conversation of a trial.
 */
export function servePeer(makers) {
  serve(async (trial, recorder) => {
    const converse = makers[trial.protocol](trial, recorder);
    const all = Array.from({ length: trial.conversations }, async (_, index) => {
      recorder.ended(index, await outcomeOf(converse(promptOf(index))));
    });
    await Promise.allSettled(all);
  });
}
