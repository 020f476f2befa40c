import { homedir } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { version } from '../../package.json';
import { createCpuTools } from '../core/tools/cpuTools.ts';
import { createToolset } from '../core/tools/toolset.ts';
import { serveWork } from '../core/tools/workers/serveWork.ts';
import { askYesNo } from './askYesNo.ts';
import { exitCodes } from './exitCodes.ts';
import { fileProblem } from './fileProblem.ts';
import { interrupt, onInterrupt } from './interrupt.ts';
import { nodeProblem } from './nodeVersion.ts';
import { runProgram } from './program.ts';
import { promptedTerminal, TerminalPrompt } from './questions/terminalPrompt.ts';
import { openArchive } from './savedRuns.ts';
import { readStandardInput } from './standardInput.ts';
import { processTerminal } from './terminal.ts';

/** Worker data that marks a tool worker. The main program and the worker are the same file. */
const workerRole = 'interleave-tools';

async function main(): Promise<void> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  let isLost = false;
  const output = processTerminal((error) => {
    isLost = true;
    process.exitCode = exitCodes.someFailed;
    process.stderr.write(`Standard output ${fileProblem(error)}. ${howToPrintAgain}\n`);
  });
  const { env: environment } = process;
  const folder = process.cwd();
  const { stdin, stdout, stderr } = process;
  const streams = { input: stdin, output: stderr };
  const hasUser = stdin.isTTY && stderr.isTTY;
  const prompt = new TerminalPrompt(streams, interrupt);
  const terminal = promptedTerminal(output, prompt, stdout.isTTY);
  const code = await runProgram(process.argv.slice(2), version, {
    terminal,
    environment,
    folder,
    home: homedir(),
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
    onInterrupt,
    ...(hasUser ? { prompt, ask: (question) => askYesNo(question, streams) } : {}),
  });
  // Keeps the exit code that was set when writing to standard output failed.
  if (!isLost) process.exitCode = code;
}

const howToPrintAgain =
  'Answers of a run are saved: interleave runs lists the run, interleave resume prints its answers.';

if (isMainThread) void main();
else if (workerData === workerRole && parentPort !== null) serveWork(parentPort, createCpuTools());
