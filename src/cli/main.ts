import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { version } from '../../package.json';
import { createCpuTools } from '../core/tools/cpuTools.ts';
import { createToolset } from '../core/tools/toolset.ts';
import { serveWork } from '../core/tools/workers/serveWork.ts';
import { askYesNo } from './askYesNo.ts';
import { exitCodes } from './exitCodes.ts';
import { fileProblem } from './fileProblem.ts';
import { openArchive } from './keptRuns.ts';
import { nodeProblem } from './nodeVersion.ts';
import { runProgram } from './program.ts';
import { readStandardInput } from './standardInput.ts';
import { processTerminal } from './terminal.ts';

/** Tells a worker thread that it is one: the command line is a single file that plays both parts. */
const workerRole = 'interleave-tools';

async function main(): Promise<void> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  let isLost = false;
  const terminal = processTerminal((error) => {
    isLost = true;
    process.exitCode = exitCodes.someFailed;
    process.stderr.write(`Standard output ${fileProblem(error)}. ${howToPrintAgain}\n`);
  });
  const { env: environment } = process;
  const folder = process.cwd();
  const { stdin, stderr } = process;
  const streams = { input: stdin, output: stderr };
  const code = await runProgram(process.argv.slice(2), version, {
    terminal,
    environment,
    folder,
    createToolset: (limits, cpuTools) =>
      createToolset({
        folders: [{ name: 'workspace', path: folder }],
        exclude: [],
        workerPath: __filename,
        workerData: workerRole,
        limits,
        ...(cpuTools === undefined ? {} : { cpuTools }),
      }),
    openArchive: (use) => openArchive(environment, terminal, use),
    readInput: readStandardInput,
    onInterrupt: listenForInterrupts,
    ...(stdin.isTTY && stderr.isTTY ? { ask: (question) => askYesNo(question, streams) } : {}),
  });
  // It may also turn out later that standard output took nothing.
  if (!isLost) process.exitCode = code;
}

const howToPrintAgain =
  'The answers of a run are kept: interleave runs lists it, interleave resume prints them.';

/** What asks a process to end: Ctrl+C, the system or a supervisor, a terminal that is closed. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal cancels; the second one ends the process at once, as without this program. */
function listenForInterrupts(listener: () => void): () => void {
  const stop = (): void => {
    for (const signal of endingSignals) process.removeListener(signal, onSignal);
  };
  const onSignal = (): void => {
    listener();
    stop();
  };
  for (const signal of endingSignals) process.on(signal, onSignal);
  return stop;
}

if (isMainThread) void main();
else if (workerData === workerRole && parentPort !== null) serveWork(parentPort, createCpuTools());
