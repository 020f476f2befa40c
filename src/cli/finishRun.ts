import { RunLog } from '../core/export/runLog.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { OutputTargets } from './outputs.ts';
import { namesFiles, writeOutputs } from './outputs.ts';
import type { ProposalOptions } from './proposals.ts';
import { settleProposals } from './proposals.ts';
import type { RunCommandServices } from './runServices.ts';
import { streamLines } from './streamLines.ts';
import type { Terminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

/** Where a command writes, and what it does with proposals. Only its own options decide that, never a saved run. */
export interface RunOutput extends OutputTargets, ProposalOptions {
  readonly log: 'interleaved' | 'grouped' | 'none';
}

/** Logs the run, begins it, waits for its end and writes its results. */
export async function finishRun(
  run: Run,
  { title, ...output }: RunOutput & { readonly title: string },
  services: RunCommandServices,
  begin: () => void,
): Promise<ExitCode> {
  const { terminal } = services;
  if (output.log !== 'none') writeLog(run, output.log, terminal);
  else tellPauses(run, terminal);
  const isKept = (): boolean => run.isSaved || namesFiles(output);
  const writeRest = output.jsonl === '-' ? streamLines(run, terminal) : undefined;
  const { result, isUnread } = await waitForEnd(run, services, { begin, isKept });
  writeRest?.();
  // Where both go to one terminal, the answers stand apart from the log.
  if (output.log !== 'none') terminal.err('\n');
  const targets = { ...output, areLinesWritten: writeRest !== undefined };
  const isWritten = await writeOutputs(result, title, targets, terminal);
  if (!isWritten && services.archive !== undefined) {
    terminal.err(`It is kept: interleave resume ${result.id} --json FILE writes it as JSON.\n`);
  }
  const ended = { result, proposals: run.proposals() };
  const isSettled = await settleProposals(ended, output, services);
  return isUnread ? exitCodes.someFailed : exitCodeOf(result, isWritten && isSettled);
}

function writeLog(run: Run, order: 'interleaved' | 'grouped', terminal: Terminal): void {
  const log = new RunLog(run.state, order);
  run.onEvent((event) => {
    const lines = log.lines(event);
    if (lines.length > 0) terminal.err(`${lines.join('\n')}\n`);
  });
}

/** Without a log, a person still reads why nothing happens. */
function tellPauses(run: Run, terminal: Terminal): void {
  run.onEvent((event) => {
    if (event.type === 'run.paused') terminal.err(`${terminalText(event.error.message)}\n`);
    if (event.type === 'run.resumed') terminal.err('The run goes on.\n');
  });
}

/** Interval, in ms, to check whether the reader of the results has gone. */
const readerCheckMs = 1_000;

/** Ctrl+C cancels what has not finished, and prints what has. */
async function waitForEnd(
  run: Run,
  { terminal, onInterrupt }: RunCommandServices,
  { begin, isKept }: { readonly begin: () => void; readonly isKept: () => boolean },
): Promise<{ readonly result: RunResult; readonly isUnread: boolean }> {
  let isUnread = false;
  const stopListening = onInterrupt(() => {
    terminal.err('Cancelling. What has finished is kept. Press Ctrl+C again to quit at once.\n');
    run.cancel();
  });
  const readerCheck = setInterval(() => {
    if (isUnread || isKept() || terminal.isReaderGone?.() !== true) return;
    isUnread = true;
    terminal.err(
      'Nobody reads standard output any more, and nothing else keeps the results: the run stops.\n',
    );
    run.cancel();
  }, readerCheckMs);
  try {
    begin();
    return { result: await run.ended(), isUnread };
  } finally {
    clearInterval(readerCheck);
    stopListening();
  }
}

function exitCodeOf({ state, counts, unsaved }: RunResult, isWritten: boolean): ExitCode {
  if (state === 'cancelled') return exitCodes.cancelled;
  // A run that could not be saved is no success.
  const isKept = unsaved === undefined;
  return isWritten && isKept && counts.done === counts.total
    ? exitCodes.allDone
    : exitCodes.someFailed;
}
