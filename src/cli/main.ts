import { useCompileCache } from './compileCache.ts';
import { exitCodes } from './exitCodes.ts';
import { nodeProblem } from './nodeVersion.ts';

// This file is small: whatever it loads is compiled before the compile cache is in use.
const problem = nodeProblem(process.versions.node);
if (problem === undefined) {
  useCompileCache(process.env);
  void import('./startProgram.ts').then(({ startProgram }) => startProgram());
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = exitCodes.usage;
}
