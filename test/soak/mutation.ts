/**
 * Changes the source at random places, one at a time, and looks whether a unit test notices:
 * `npm run test:soak mutation`. Prints each change that no test noticed, as soon as it is known; it is a test to
 * write, or code to delete. Flags:
 *
 * - `--lines N`: size of the sample (150 lines, which hold about 300 changes)
 * - `--seed N`: repeats a sample
 * - `--only PATTERN`: the source files to change
 * - `--at FILE:LINE`: changes this line instead of a sample, for example to see that a new test notices
 * - `--tests PATTERN`: runs these test files only, which is much quicker for one folder
 * - `--shared`: runs them in one process with shared modules, quicker again; not with tests that mock a module
 * - `--workers N`: test processes at a time (2)
 */
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { type Figure, figureLine } from '../../bench/lab/figures.ts';
import { ROOT } from '../../scripts/root.ts';
import { sampleLines } from '../support/mutation/sampleLines.ts';
import { survivorReporter } from '../support/mutation/survivorReporter.ts';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '150' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    only: { type: 'string', multiple: true, default: ['src/core/**/*.ts', 'src/shared/**/*.ts'] },
    at: { type: 'string', multiple: true, default: [] },
    tests: { type: 'string', multiple: true, default: [] },
    shared: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
  },
});

const lines =
  values.at.length > 0
    ? values.at.map((place) => place.replace(/:(\d+)$/, ':$1-$1'))
    : sampleLines(values.only, ROOT, Number(values.lines), Number(values.seed));
console.log(`seed ${values.seed}, ${lines.length} lines`);
process.chdir(ROOT);

const mutants = await new Stryker({
  mutate: [...lines],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', './test/support/mutation/survivorReporter.ts'],
  vitest: { configFile: values.shared ? 'vitest.mutation.config.mts' : 'vitest.config.mts' },
  coverageAnalysis: 'perTest',
  testFiles: values.tests,
  // A constant of a module is seen by every test of it: each change of one would cost a whole test run.
  ignoreStatic: true,
  // No type checker takes part, and TypeScript 7 has no interface for Stryker to change a tsconfig with.
  disableTypeChecks: false,
  tsconfigFile: 'none',
  concurrency: Number(values.workers),
  dryRunTimeoutMinutes: 60,
  // A busy machine is no endless loop.
  timeoutMS: 20_000,
  reporters: ['progress-append-only', survivorReporter],
  tempDirName: '.cache/stryker',
  cleanTempDir: 'always',
  allowConsoleColors: false,
  ignorePatterns: ['.cache', 'coverage', 'dist', 'docs/images', 'test-results', '*.vsix'],
}).runMutationTest();

const withStatus = (...statuses: readonly string[]) =>
  mutants.filter(({ status }) => statuses.includes(status)).length;
const noticed = withStatus('Killed', 'Timeout');
const tested = noticed + withStatus('Survived', 'NoCoverage');
const broken = withStatus('CompileError', 'RuntimeError');
console.log(`${tested} changes, ${noticed} noticed, ${withStatus('Ignored')} left out`);

const score = tested === 0 ? 0 : (100 * noticed) / tested;
const figures: readonly Figure[] = [
  { name: 'mutation-score-percent', value: score, goal: '>= 90', digits: 1 },
  { name: 'mutations-that-do-not-run', value: broken, goal: '= 0', digits: 0 },
];
for (const line of figures.map(figureLine)) {
  console.log(line);
  if (line.endsWith('missed')) process.exitCode = 1;
}
