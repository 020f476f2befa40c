// The official SDKs with a plain loop, all conversations at once.
import { promptOf } from '../workload/workload.ts';
import { outcomeOf } from './conversation.ts';
import { rawAnthropic } from './rawAnthropic.ts';
import { rawOpenAi } from './rawOpenAi.ts';
import { serve } from './serve.ts';

serve(async (trial, recorder) => {
  const converse = trial.protocol === 'anthropic' ? rawAnthropic(trial) : rawOpenAi(trial);
  const all = Array.from({ length: trial.conversations }, async (_, index) => {
    recorder.ended(index, await outcomeOf(converse(promptOf(index), recorder)));
  });
  await Promise.allSettled(all);
});
