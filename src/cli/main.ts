import * as path from 'node:path';
import { CodeCache } from '../core/base/codeCache.ts';
import { exitCodes } from './exitCodes.ts';
import { nodeProblem } from './nodeVersion.ts';
import { compiledFolder } from './userFolders.ts';

/** Exit codes after which little of the program has run, so that its compiled code is not worth keeping. */
const earlyEnds: readonly number[] = [exitCodes.usage, exitCodes.nothingToRun];

// This file is small, because it is compiled with each start; all else comes from the cache.
function main(): void {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const cache = new CodeCache(compiledFolder(process.env, __dirname, process.argv[2]));
  process.on('exit', (code) => {
    if (!earlyEnds.includes(code)) cache.save();
  });
  const program = cache.load(path.join(__dirname, 'cli-program.js'));
  void (program as typeof import('./startProgram.ts')).startProgram();
}

main();
