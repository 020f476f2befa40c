import type { Inbox } from '../core/approvals/inbox/inbox.ts';
import { RunLog } from '../core/export/runLog.ts';
import type { Run } from '../core/runner/run.ts';
import type { RunResult } from '../shared/runResult.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import type { OutputTargets } from './outputs.ts';
import { namesFiles, writeOutputs } from './outputs.ts';
import type { ProposalOptions } from './proposals.ts';
import { settleProposals } from './proposals.ts';
import { answerQuestions } from './questions/answerQuestions.ts';
import type { RunCommandServices } from './runServices.ts';
import { streamLines } from './streamLines.ts';
import type { Terminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

/** Where a command writes, and what it does with proposals. This comes from its own options only, never from a saved run. */
export interface RunOutput extends OutputTargets, ProposalOptions {
  readonly log: 'interleaved' | 'grouped' | 'none';
}

/** A run, and where its questions wait for answers. */
interface AskingRun {
  readonly run: Run;
  readonly inbox: Inbox;
}

/** Starts the run with `begin`, logs it, answers its questions, waits for its end and writes its results. */
export async function finishRun(
  { run, inbox }: AskingRun,
  { title, ...output }: RunOutput & { readonly title: string },
  services: RunCommandServices,
  begin: () => void,
): Promise<ExitCode> {
  const { terminal } = services;
  if (output.log !== 'none') writeLog(run, output.log, terminal);
  else reportPauses(run, terminal);
  const isSaved = (): boolean => run.isSaved || namesFiles(output);
  const writeRest = output.jsonl === '-' ? streamLines(run, terminal) : undefined;
  const answering = answerQuestions(inbox, run.state, services);
  const { result, isUnread } = await waitForEnd(run, services, { begin, isSaved }).finally(() =>
    answering.dispose(),
  );
  writeRest?.();
  // An empty line separates the log from the answers when both go to one terminal.
  if (output.log !== 'none') terminal.err('\n');
  const targets = { ...output, areLinesWritten: writeRest !== undefined };
  const isWritten = await writeOutputs(result, title, targets, terminal);
  if (!isWritten && services.archive !== undefined) {
    terminal.err(
      `The run is saved. To write its result, run: interleave resume ${result.id} --json FILE\n`,
    );
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

/** Reports pauses when there is no log, so that the user knows why nothing happens. */
function reportPauses(run: Run, terminal: Terminal): void {
  run.onEvent((event) => {
    if (event.type === 'run.paused') terminal.err(`${terminalText(event.error.message)}\n`);
    if (event.type === 'run.resumed') terminal.err('The run continues.\n');
  });
}

/** Interval, in ms, to check whether the reader of the results has gone. */
const readerCheckMs = 1_000;

/**
 * Waits for the end of the run. Ctrl+C cancels the conversations that have not finished. The run is also
 * cancelled when nobody can read its results: standard output has no reader and nothing else keeps them.
 */
async function waitForEnd(
  run: Run,
  { terminal, onInterrupt }: RunCommandServices,
  { begin, isSaved }: { readonly begin: () => void; readonly isSaved: () => boolean },
): Promise<{ readonly result: RunResult; readonly isUnread: boolean }> {
  let isUnread = false;
  const stopListening = onInterrupt(() => {
    terminal.err('Cancelling. Finished answers are kept. Press Ctrl+C again to quit at once.\n');
    run.cancel();
  });
  const readerCheck = setInterval(() => {
    if (isUnread || isSaved() || terminal.isReaderGone?.() !== true) return;
    isUnread = true;
    terminal.err(
      'The run stops: standard output has no reader any more, and the results are saved nowhere else.\n',
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
  const isSaved = unsaved === undefined;
  return isWritten && isSaved && counts.done === counts.total
    ? exitCodes.allDone
    : exitCodes.someFailed;
}
