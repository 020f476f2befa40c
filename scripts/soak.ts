/**
 * `npm run test:soak`: runs every program in test/soak, one after another, and prints all figures
 * at the end. Arguments choose programs: `npm run test:soak byteSweep`. Flags after them go to the
 * programs: `npm run test:soak mutation -- --seed 7`.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { buildExtension } from './build.ts';
import { runCommand } from './childProcess.ts';
import { ROOT } from './root.ts';

const FOLDER = path.join(ROOT, 'test/soak');
const MINUTE_MS = 60_000;
const USUAL_LIMIT_MS = 30 * MINUTE_MS;
/** Every change of the source costs a run of the tests that reach it. */
const TIME_LIMITS_MS: { readonly [name: string]: number } = { mutation: 240 * MINUTE_MS };

interface SoakResult {
  readonly name: string;
  readonly figures: readonly string[];
  /** Readable reason of the failure; absent when the program met all goals. */
  readonly problem?: string;
}

async function main(args: readonly string[]): Promise<number> {
  const firstFlag = args.findIndex((arg) => arg.startsWith('-'));
  const chosen = firstFlag < 0 ? args : args.slice(0, firstFlag);
  const flags = args.slice(chosen.length);
  const all = readdirSync(FOLDER).flatMap((file) =>
    file.endsWith('.ts') ? [path.basename(file, '.ts')] : [],
  );
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    console.error(`test/soak has no ${unknown.join(', ')}. It has: ${all.join(', ')}.`);
    return 2;
  }
  await buildExtension();
  const results: SoakResult[] = [];
  for (const name of chosen.length > 0 ? chosen : all.sort()) {
    console.log(`\n== ${name}`);
    results.push(await runSoak(name, flags));
  }
  return summarize(results);
}

async function runSoak(name: string, flags: readonly string[]): Promise<SoakResult> {
  const script = path.join(FOLDER, `${name}.ts`);
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', script, ...flags];
  const { code, output, problem } = await runCommand(process.execPath, args, {
    cwd: ROOT,
    timeoutMs: TIME_LIMITS_MS[name] ?? USUAL_LIMIT_MS,
  });
  process.stdout.write(output);
  const figures = output.split('\n').filter((line) => line.startsWith('figure '));
  const missed = figures.some((line) => line.endsWith(' missed'));
  const why = problem ?? soakProblem(code, missed, figures.length);
  return { name, figures, ...(why === undefined ? {} : { problem: why }) };
}

function soakProblem(code: number, missed: boolean, figures: number): string | undefined {
  if (missed) return 'it missed a goal';
  if (code !== 0) return `it exited with code ${code}`;
  return figures === 0 ? 'it printed no figure' : undefined;
}

/** Prints all figures, then the failures. */
function summarize(results: readonly SoakResult[]): number {
  console.log('');
  for (const line of results.flatMap(({ figures }) => figures)) console.log(line);
  const failed = results.filter(({ problem }) => problem !== undefined);
  for (const { name, problem } of failed) console.log(`failed: ${name}: ${problem}`);
  console.log(`${results.length - failed.length} soak tests passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
