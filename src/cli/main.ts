import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { version } from '../../package.json';
import { serveSearches } from '../core/tools/serveSearches.ts';
import { createToolset } from '../core/tools/toolset.ts';
import { openArchive } from './keptRuns.ts';
import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

/** Tells the search worker that it is one: the command line is a single file that plays both parts. */
const searchRole = 'interleave-search';

async function main(): Promise<void> {
  const terminal = processTerminal();
  const { env: environment } = process;
  process.exitCode = await runProgram(process.argv.slice(2), version, {
    terminal,
    environment,
    createToolset: (limits) =>
      createToolset({
        folders: [{ name: 'workspace', path: process.cwd() }],
        exclude: [],
        searchWorkerPath: __filename,
        searchWorkerData: searchRole,
        limits,
      }),
    openArchive: (use) => openArchive(environment, terminal, use),
    onInterrupt: listenForInterrupts,
  });
}

/** The first Ctrl+C cancels; the second one ends the process at once, as without this program. */
function listenForInterrupts(listener: () => void): () => void {
  const onInterrupt = (): void => {
    listener();
    process.removeListener('SIGINT', onInterrupt);
  };
  process.on('SIGINT', onInterrupt);
  return () => process.removeListener('SIGINT', onInterrupt);
}

if (isMainThread) void main();
else if (workerData === searchRole && parentPort !== null) serveSearches(parentPort);
