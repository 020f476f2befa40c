/**
 * `npm test`: all tests. `--unit`, `--integration` and `--e2e` choose kinds of tests; `-t` chooses tests by
 * their titles, and other arguments go to vitest: `npm test -- --unit test/unit/core -t limiter`.
 */
import { buildExtension } from './build.ts';
import { ROOT } from './root.ts';
import {
  addCounts,
  couldNotRun,
  exitCode,
  formatCounts,
  type KindResult,
  NO_TESTS,
} from './test/counts.ts';
import { runIntegration } from './test/integration.ts';
import { runVitest } from './test/vitest.ts';

const MINUTE_MS = 60_000;

type Kind = 'unit' | 'integration' | 'e2e';
const KINDS: readonly Kind[] = ['unit', 'integration', 'e2e'];

async function main(args: readonly string[]): Promise<number> {
  const chosen = KINDS.filter((kind) => args.includes(`--${kind}`));
  const kinds = chosen.length === 0 ? KINDS : chosen;
  const rest = args.filter((arg) => !KINDS.some((kind) => arg === `--${kind}`));
  const results: KindResult[] = [await runBuild()];
  // Beside the unit tests, since they mostly wait for their VS Code.
  const output = new HeldOutput();
  const integration = kinds.includes('integration')
    ? runIntegration(ROOT, { filter: titleFilter(rest), print: output.print })
    : undefined;
  for (const kind of kinds) {
    console.log(`\n== ${kind} tests`);
    if (kind !== 'integration') results.push(await runVitestKind(kind, rest));
    else if (integration !== undefined) {
      output.release();
      results.push(await integration);
    }
  }
  return summarize(results);
}

/** The build counts as a step without tests. Tests that need the build fail by themselves. */
async function runBuild(): Promise<KindResult> {
  try {
    await buildExtension();
    return { counts: NO_TESTS, failures: [], problems: [] };
  } catch (error) {
    return couldNotRun(error instanceof Error ? error.message : String(error));
  }
}

async function runVitestKind(
  kind: Exclude<Kind, 'integration'>,
  args: readonly string[],
): Promise<KindResult> {
  const config = kind === 'e2e' ? { config: 'vitest.e2e.config.mts' } : {};
  const timeoutMs = (kind === 'e2e' ? 60 : 30) * MINUTE_MS;
  return await runVitest({ root: ROOT, kind, ...config, timeoutMs, args });
}

/** Lines of tests that run beside others, held back until it is their turn. */
class HeldOutput {
  #held: string[] | undefined = [];

  readonly print = (line: string): void => {
    if (this.#held === undefined) console.log(line);
    else this.#held.push(line);
  };

  /** Prints the lines so far, and later ones at once. */
  release(): void {
    for (const line of this.#held ?? []) console.log(line);
    this.#held = undefined;
  }
}

/** What follows `-t`, as vitest takes it. */
function titleFilter(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === '-t' || arg === '--testNamePattern');
  return at < 0 ? undefined : args[at + 1];
}

/** Prints all failures and problems in one place, and the counts as the last line. */
function summarize(results: readonly KindResult[]): number {
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) {
    console.log(['\nfailed tests:', ...failures].join('\n  '));
  }
  const problems = results.flatMap((result) => result.problems);
  for (const problem of problems) {
    console.log(`\nfailed: ${problem}`);
  }
  const total = results.map((result) => result.counts).reduce(addCounts, NO_TESTS);
  // A failed run must not report "0 failed".
  console.log(`\n${formatCounts({ ...total, failed: total.failed + problems.length })}`);
  return exitCode(results);
}

process.exitCode = await main(process.argv.slice(2));
