import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Outcome, type Trial, trialKey, trialModels } from '../contenders/trial.ts';
import { promptOf } from '../workload/workload.ts';
import type { WholeProgram } from './wholeProcess.ts';

/** What a trial is to the command line. */
export type CommandLineTask = Pick<WholeProgram, 'args' | 'environment'>;

const resultFile = 'result.json';

/**
 * Writes the prompt file of a trial. Resolves to the arguments that run it. In `cache`, the command
 * line keeps its compiled code for the next start.
 */
export async function prepareCommandLine(
  { folder, cache }: { readonly folder: string; readonly cache: string },
  { protocol, url, conversations, system, concurrency }: Trial,
): Promise<CommandLineTask> {
  const prompts = Array.from(
    { length: conversations },
    (_, index) => `## P${index}\n\n${promptOf(index)}\n`,
  );
  const header = '---\ntools: [sum_numbers, multiply_numbers]\n---\n\n';
  await writeFile(path.join(folder, 'bench.prompts.md'), header + prompts.join('\n'));
  const args = [
    ...['run', 'bench.prompts.md', '--json', resultFile, '--log', 'none'],
    ...['--provider', protocol, '--model', trialModels[protocol]],
    ...['--base-url', protocol === 'openai' ? `${url}/v1` : url],
    ...['--concurrency', String(concurrency), '--system', system],
    // Above the defaults, which stop large runs and long conversations on purpose.
    ...['--limit', `conversations=${Math.max(1, conversations)}`],
    ...['--max-turns', '1000', '--limit', 'toolCalls=10000'],
  ];
  const environment = {
    HOME: folder,
    XDG_STATE_HOME: path.join(folder, 'state'),
    XDG_CACHE_HOME: cache,
    ANTHROPIC_API_KEY: trialKey,
    OPENAI_API_KEY: trialKey,
  };
  return { args, environment };
}

interface SavedConversation {
  readonly status: string;
  readonly reason: string;
  readonly answer: string;
  readonly error?: { readonly message: string };
}

/** Reads how the conversations ended, in prompt order. */
export async function readResult(folder: string): Promise<readonly Outcome[]> {
  const text = await readFile(path.join(folder, resultFile), 'utf8');
  const { conversations } = JSON.parse(text) as {
    readonly conversations: readonly SavedConversation[];
  };
  return conversations.map(({ status, reason, answer, error }) =>
    status === 'done' ? { answer } : { error: error?.message ?? reason },
  );
}
