// `npm start`: builds, then runs the examples with the demo model. Shows the interleaved log of the
// tool calls, the answers in prompt order, and the comparison of times. One example names an
// unknown model, to show that the others keep their answers. Three ask for a tool call that nobody is
// there to allow.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FinishReason } from '../src/shared/outcome.ts';
import type { RunResult } from '../src/shared/runResult.ts';
import { buildExtension } from './build.ts';
import { runCommand } from './childProcess.ts';
import { ROOT } from './root.ts';

const examples = path.join(ROOT, 'examples');
/** The prompts that are not done on purpose, and why. */
const meantToEnd: ReadonlyMap<string, FinishReason> = new Map([
  ['math.prompts.md#a-model-that-does-not-exist', 'not_found'],
  ['approvals.prompts.md#greeting', 'needs_approval'],
  ['approvals.prompts.md#the-same-greeting', 'needs_approval'],
  ['approvals.prompts.md#two-texts', 'needs_approval'],
]);

async function main(): Promise<number> {
  await buildExtension();
  const folder = await mkdtemp(path.join(tmpdir(), 'interleave-start-'));
  try {
    const resultFile = path.join(folder, 'result.json');
    const cli = path.join(ROOT, 'dist', 'cli.js');
    const args = [cli, 'run', '.', '--provider', 'demo', '--json', resultFile];
    const options = { cwd: examples, timeoutMs: 120_000, output: 'inherit' } as const;
    await runCommand(process.execPath, args, options);
    const problem = problemOf(JSON.parse(await readFile(resultFile, 'utf8')) as RunResult);
    console.log(problem ?? closingWords);
    return problem === undefined ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Describes an unexpected result, if there is one. */
function problemOf({ conversations }: RunResult): string | undefined {
  const wrong = conversations.filter(
    ({ id, reason }) => reason !== (meantToEnd.get(id) ?? 'final'),
  );
  if (wrong.length === 0) return undefined;
  return `Unexpected results: ${wrong.map(({ id, reason }) => `${id} (${reason})`).join(', ')}`;
}

const closingWords = `
As expected: one prompt names an unknown model and fails, three ask for tool calls that nobody was there to
allow, and the others have their answers.

  See it in VS Code:     npm run vscode
  Run your own prompts:  node dist/cli.js run <files or folders> --provider demo
                         (or set ANTHROPIC_API_KEY or OPENAI_API_KEY and omit --provider)`;

process.exitCode = await main();
