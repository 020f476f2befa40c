/**
 * Changes the source at random places, one at a time, and looks whether a unit test notices:
 * `npm run test:soak mutation`. Prints each change that no test noticed; it is a test to write, or code to
 * delete. Flags: `--lines N` (150, which hold about 300 changes), `--seed N`, `--only PATTERN` (files).
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { ROOT } from '../../scripts/root.ts';
import { sampleLines } from '../support/mutation/sampleLines.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string', multiple: true, default: ['src/core/**/*.ts', 'src/shared/**/*.ts'] },
  },
});

const lines = sampleLines(values.only, ROOT, Number(values.lines), Number(values.seed));
console.log(`seed ${values.seed}, ${lines.length} lines`);
process.chdir(ROOT);

const mutants = await new Stryker({
  mutate: [...lines],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // A constant of a module is seen by every test of it: each change of one would cost a whole test run.
  ignoreStatic: true,
  // No type checker takes part, and TypeScript 7 has no interface for Stryker to change a tsconfig with.
  disableTypeChecks: false,
  tsconfigFile: 'none',
  concurrency: 2,
  dryRunTimeoutMinutes: 60,
  // A busy machine is no endless loop.
  timeoutMS: 20_000,
  reporters: ['progress-append-only'],
  tempDirName: '.cache/stryker',
  cleanTempDir: 'always',
  allowConsoleColors: false,
  ignorePatterns: ['.cache', 'coverage', 'dist', 'docs/images', 'test-results', '*.vsix'],
}).runMutationTest();

const withStatus = (...statuses: readonly string[]) =>
  mutants.filter(({ status }) => statuses.includes(status));
const noticed = withStatus('Killed', 'Timeout').length;
const missed = withStatus('Survived', 'NoCoverage');
for (const { status, fileName, location, mutatorName, replacement = '' } of missed) {
  const place = `${fileName.replace(`${ROOT}/`, '')}:${location.start.line}:${location.start.column}`;
  const text = replacement.replaceAll(/\s+/g, ' ').slice(0, 200);
  console.log(
    `${status === 'NoCoverage' ? 'not run' : 'unnoticed'} ${place} ${mutatorName}: ${text}`,
  );
}
const tested = noticed + missed.length;
const broken = withStatus('CompileError', 'RuntimeError').length;
console.log(`${tested} changes, ${noticed} noticed, ${withStatus('Ignored').length} left out`);

const score = tested === 0 ? 0 : (100 * noticed) / tested;
const figures: readonly Figure[] = [
  { name: 'mutation-score-percent', value: score, goal: '>= 90', digits: 1 },
  { name: 'mutations-that-do-not-run', value: broken, goal: '= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
