/**
 * `npm run test:soak propertySeeds`: runs the property tests with new cases. Each round runs every
 * unit test with properties, with new seeds. A failure prints its seed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { figureLine } from '../../bench/lab/figures.ts';
import { runCommand } from '../../scripts/childProcess.ts';
import { ROOT } from '../../scripts/root.ts';

const rounds = Number(process.argv[2] ?? 10);
const roundLimitMs = 10 * 60_000;
const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');

const files = readdirSync(path.join(ROOT, 'test/unit'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.join('test/unit', file))
  .filter((file) => readFileSync(path.join(ROOT, file), 'utf8').includes("from 'fast-check'"));

let failed = 0;
for (let round = 1; round <= rounds; round++) {
  const { code, output, problem } = await runCommand(process.execPath, [vitest, 'run', ...files], {
    cwd: ROOT,
    env: { ...process.env, PROPERTY_SEED: 'random' },
    timeoutMs: roundLimitMs,
  });
  if (code === 0) continue;
  failed++;
  console.log(problem ?? output);
}
console.log(`${rounds} rounds of new seeds over ${files.length} files`);
const line = figureLine({
  name: 'property-tests-rounds-failed',
  value: failed,
  goal: '= 0',
  digits: 0,
});
console.log(line);
if (line.endsWith('missed')) process.exitCode = 1;
