import { homedir } from 'node:os';
import * as path from 'node:path';
import { isatty } from 'node:tty';
import { version } from '../../package.json';
import { LoopLateness } from '../core/runner/lateness.ts';
import type { QuestionStreams } from './askYesNo.ts';
import { askYesNo } from './askYesNo.ts';
import { exitCodes } from './exitCodes.ts';
import { fileProblem } from './fileProblem.ts';
import { interrupt, onInterrupt } from './interrupt.ts';
import { runProgram } from './program.ts';
import { promptedTerminal, TerminalPrompt } from './questions/terminalPrompt.ts';
import { readStandardInput } from './standardInput.ts';
import { processTerminal } from './terminal.ts';
import { runsFolder } from './userFolders.ts';

/** Runs the command line of this process and sets its exit code. */
export async function startProgram(): Promise<void> {
  let isLost = false;
  const output = processTerminal((error) => {
    isLost = true;
    process.exitCode = exitCodes.someFailed;
    process.stderr.write(`Standard output ${fileProblem(error)}. ${howToPrintAgain}\n`);
  });
  const { env: environment } = process;
  const folder = process.cwd();
  const prompt = new TerminalPrompt(terminalStreams, interrupt);
  const terminal = promptedTerminal(output, prompt, isatty(1));
  const code = await runProgram(process.argv.slice(2), version, {
    terminal,
    environment,
    folder,
    home: homedir(),
    tools: {
      folders: [{ name: 'workspace', path: folder }],
      exclude: [],
      workerPath: path.join(__dirname, 'tool-worker.js'),
    },
    runsFolder: runsFolder(environment),
    readInput: readStandardInput,
    onInterrupt,
    createLateness: () => new LoopLateness(),
    // Opening standard input takes time, so it is opened only to read it.
    ...(isatty(0) && isatty(2) ? { prompt, ask: askAtTerminal } : {}),
  });
  // Keeps the exit code that was set when writing to standard output failed.
  if (!isLost) process.exitCode = code;
}

function askAtTerminal(question: string): Promise<boolean> {
  return askYesNo(question, terminalStreams());
}

function terminalStreams(): QuestionStreams {
  return { input: process.stdin, output: process.stderr };
}

const howToPrintAgain =
  'Answers of a run are saved: interleave runs lists the run, interleave resume prints its answers.';
