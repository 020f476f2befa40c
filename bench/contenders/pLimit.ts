// The official SDKs with a plain loop, with a max number of conversations at once.
import pLimit from 'p-limit';
import { promptOf } from '../workload/workload.ts';
import { outcomeOf } from './conversation.ts';
import { rawAnthropic } from './rawAnthropic.ts';
import { rawOpenAi } from './rawOpenAi.ts';
import { serve } from './serve.ts';

serve(async (trial, recorder) => {
  const converse = trial.protocol === 'anthropic' ? rawAnthropic(trial) : rawOpenAi(trial);
  const limit = pLimit(trial.parallel);
  const all = Array.from({ length: trial.conversations }, (_, index) =>
    limit(async () => {
      recorder.ended(index, await outcomeOf(converse(promptOf(index), recorder)));
    }),
  );
  await Promise.allSettled(all);
});
