import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Protocol, Trial } from '../contenders/trial.ts';
import {
  type WholeOutcomes,
  type WholeTrial,
  wholeTrialVariable,
} from '../contenders/wholeTrial.ts';
import { defaultSettings, type SimulatorSettings } from '../simulator/settings.ts';
import type { SimulatorStatistics } from '../simulator/statistics.ts';
import { prepareCommandLine, readResult } from './commandLine.ts';
import type { ContenderChoice } from './contenders.ts';
import type { Lab } from './processes.ts';
import type { ProcessUsage } from './processUsage.ts';
import { type Score, scoreOf } from './score.ts';
import { printRemarks } from './trials.ts';
import type { WholeExit } from './wholeProcess.ts';

/** A trial of a whole process. */
export interface WholeResult extends ProcessUsage {
  readonly contender: string;
  readonly protocol: Protocol;
  readonly conversations: number;
  /** From the start of the process to its end, start-up included. */
  readonly wallMs: number;
  readonly score: Score;
  readonly statistics: SimulatorStatistics;
}

/**
 * Runs one contender's trial as a process of its own, from its start to its end. A process that
 * fails or is killed at the deadline is a result without right answers. The command line finds its
 * compiled code from an earlier start, as it does after its first use.
 */
export async function measureWhole(
  lab: Lab,
  contender: ContenderChoice,
  settings: SimulatorSettings,
  given: Omit<Trial, 'url' | 'parallel'>,
): Promise<WholeResult> {
  const { name, program, isCommandLine, parallel } = contender;
  const { simulator, bundles } = lab;
  const trial: Trial = { ...given, url: simulator.url, parallel };
  const cache = path.join(bundles.folder, `cache-${program}`);
  if (isCommandLine && !existsSync(cache)) {
    await simulator.reset(defaultSettings);
    await runTrial(lab, contender, { trial: { ...trial, conversations: 1 }, cache });
  }
  await simulator.reset(settings);
  const { exit, outcomes } = await runTrial(lab, contender, { trial, cache });
  const score = scoreOf(outcomes, settings);
  const firstError = score.firstError ?? (exit.code === 0 ? undefined : exit.errors.trim());
  return {
    contender: name,
    protocol: trial.protocol,
    conversations: trial.conversations,
    wallMs: exit.wallMs,
    cpuMs: exit.usage?.cpuMs ?? Number.NaN,
    peakRssBytes: exit.usage?.peakRssBytes ?? Number.NaN,
    score: firstError === undefined ? score : { ...score, firstError },
    statistics: await simulator.statistics(),
  };
}

interface TrialRun {
  readonly trial: Trial;
  readonly cache: string;
}

async function runTrial(
  { bundles, runProgram }: Lab,
  { program, isCommandLine }: ContenderChoice,
  { trial, cache }: TrialRun,
): Promise<{ readonly exit: WholeExit; readonly outcomes: WholeOutcomes }> {
  const folder = await mkdtemp(path.join(bundles.folder, 'run-'));
  try {
    const outcomesFile = path.join(folder, 'outcomes.json');
    const task = isCommandLine
      ? await prepareCommandLine({ folder, cache }, trial)
      : { environment: { HOME: folder, ...taskVariable({ trial, outcomesFile }) } };
    const { deadlineMs } = trial;
    const exit = await runProgram({ ...task, file: bundles.fileOf(program), folder, deadlineMs });
    const outcomes = await (isCommandLine ? readResult(folder) : readOutcomes(outcomesFile)).catch(
      (): WholeOutcomes => new Array(trial.conversations).fill(null),
    );
    return { exit, outcomes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function taskVariable(task: WholeTrial): { readonly [name: string]: string } {
  return { [wholeTrialVariable]: JSON.stringify(task) };
}

async function readOutcomes(file: string): Promise<WholeOutcomes> {
  return JSON.parse(await readFile(file, 'utf8')) as WholeOutcomes;
}

/** Prints what the tables do not show: each contender's first error, and invalid requests. */
export function printWholeRemarks(measured: ReadonlyMap<string, readonly WholeResult[]>): void {
  for (const results of measured.values()) printRemarks(results);
}
