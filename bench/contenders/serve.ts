import { writeFileSync } from 'node:fs';
import type {
  Contender,
  FromContender,
  Outcome,
  ToContender,
  Trial,
  TrialReport,
} from './trial.ts';
import { type WholeTrial, wholeTrialVariable } from './wholeTrial.ts';

/**
 * Turns this process into a contender. One that is measured as a whole process runs its trial at
 * once and exits. Any other prepares with one warm-up conversation, so that loading code is not
 * measured, and measures when told to go.
 */
export function serve(contender: Contender): void {
  const whole = process.env[wholeTrialVariable];
  if (whole === undefined) serveTrials(contender);
  else void runWholeTrial(contender, JSON.parse(whole) as WholeTrial);
}

/** Rejects when the contender itself fails, which ends the process with an error. */
async function runWholeTrial(
  contender: Contender,
  { trial, outcomesFile }: WholeTrial,
): Promise<void> {
  const outcomes: (Outcome | null)[] = new Array(trial.conversations).fill(null);
  await contender(trial, {
    ended: (index, outcome) => {
      outcomes[index] = outcome;
    },
    toolRan: () => undefined,
  });
  writeFileSync(outcomesFile, JSON.stringify(outcomes));
}

function serveTrials(contender: Contender): void {
  let trial: Trial | undefined;
  let loadedRssBytes = 0;
  const onMessage = async (message: ToContender): Promise<void> => {
    if (message.type === 'prepare') {
      trial = message.trial;
      const { outcomes } = await measure(contender, { ...trial, conversations: 1 }, 0);
      const [outcome] = outcomes;
      if (!outcome || 'error' in outcome) {
        throw new Error(`the warm-up conversation failed: ${outcome?.error ?? 'it did not end'}`);
      }
      // Only once: in production, nothing collects garbage before each batch.
      globalThis.gc?.();
      loadedRssBytes = process.memoryUsage.rss();
      send({ type: 'ready' });
    } else if (trial !== undefined) {
      send({ type: 'done', report: await measure(contender, trial, loadedRssBytes) });
    }
  };
  process.on('message', (message: ToContender) => {
    onMessage(message).catch((error: unknown) => {
      send({ type: 'broken', message: error instanceof Error ? `${error.stack}` : String(error) });
    });
  });
  process.on('disconnect', () => process.exit(0));
}

function send(message: FromContender): void {
  process.send?.(message);
}

/** Each sample adds about 0.1 ms to the measured time. */
const rssSampleMs = 50;

async function measure(
  contender: Contender,
  trial: Trial,
  baseRssBytes: number,
): Promise<TrialReport> {
  const outcomes: (Outcome | null)[] = new Array(trial.conversations).fill(null);
  let toolRuns = 0;
  let peakRssBytes = baseRssBytes;
  const sampler = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  }, rssSampleMs);
  const cpuAtStart = process.cpuUsage();
  const startMs = performance.now();
  let endMs = startMs;
  const finished = contender(trial, {
    ended: (index, outcome) => {
      outcomes[index] = outcome;
      endMs = performance.now();
    },
    toolRan: () => {
      toolRuns += 1;
    },
  });
  const inTime = await within(finished, trial.deadlineMs);
  const { user, system } = process.cpuUsage(cpuAtStart);
  clearInterval(sampler);
  return {
    wallMs: (inTime ? endMs : performance.now()) - startMs,
    cpuMs: (user + system) / 1000,
    baseRssBytes,
    peakRssBytes: Math.max(peakRssBytes, process.memoryUsage.rss()),
    outcomes,
    toolRuns,
  };
}

/** Whether `promise` settles in time. */
async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
