import { Command, CommanderError } from 'commander';
import { isUserError } from '../core/base/errors.ts';
import { Redactor } from '../core/base/redact.ts';
import { messageOf } from '../shared/thrown.ts';
import { addRuleOptions } from './addRuleOptions.ts';
import { addRulesCommands } from './addRulesCommands.ts';
import type { Commands } from './commands.ts';
import type { ExitCode } from './exitCodes.ts';
import { exitCodes } from './exitCodes.ts';
import { limitList } from './limitOptions.ts';
import type { ProgramServices } from './programServices.ts';
import { keysIn, keyVariables } from './providerKeys.ts';
import { rejectRepeats } from './rejectRepeats.ts';
import type { ResumeOptions } from './resumeRun.ts';
import type { RunCommandOptions } from './runOptions.ts';
import {
  addLimitOptions,
  addOutputOptions,
  addRunOptions,
  collectingOptions,
} from './runOptions.ts';
import { redactingTerminal } from './terminal.ts';
import { terminalText } from './terminalText.ts';

const pathsHelp =
  '*.prompts.md or *.prompt.md files, folders or patterns ("**/*.md") with such files, or - for standard input';

const runHelp = `
A given file with an error stops the run. A file with an error in a folder is reported and left out.

Answers go to standard output, in prompt order. The log goes to standard error.

Keys are read from ${Object.values(keyVariables).join(' and ')}. The demo model and servers on this machine
need none.

Exit codes:
  0  all prompts are done
  1  some failed, stopped at a limit or were left out, or a result could not be written or saved
  2  wrong usage or unreadable input; nothing was sent
  3  cancelled by Ctrl+C or a signal; finished answers were printed
  4  nothing to run

Examples:
  interleave run math.prompts.md --provider demo
  interleave run prompts --select "Sum then multiply" --json result.json
  interleave run prompts --max-turns 20 --limit toolCalls=40 --limit maxRunTokens=500000
  interleave run prompts --provider openai --base-url http://localhost:11434/v1 --model qwen3`;

const resumeHelp = `
Use this command in the folder in which the run was started. The run keeps its provider, server and
model. Results go to the targets of this command, else to standard output. When nothing is left to
run, it prints the answers of the run and exits with 4.

The key goes to the provider's own server. The command asks before it uses any other server, unless
you name that server with --base-url. A server on this machine that you do not name gets no key.

To continue a conversation that a limit stopped, give that limit a higher value:

  interleave resume 01M7X0SRVC6GZDS7Q3ZVZ5E14H --limit toolCalls=200`;

/** Runs a command line and resolves to the exit code. Never rejects. */
export async function runProgram(
  args: readonly string[],
  version: string,
  given: ProgramServices,
): Promise<ExitCode> {
  const redactor = new Redactor();
  for (const key of keysIn(given.environment)) redactor.add(key);
  const terminal = redactingTerminal(given.terminal, redactor);
  let code: ExitCode = exitCodes.allDone;
  const act: Act = async (action) => {
    const { Commands } = await import('./commands.ts');
    code = await action(new Commands({ ...given, version, redactor, terminal }));
  };
  const program = new Command('interleave')
    .description('Runs many agent conversations at once and prints their answers in prompt order.')
    .version(version)
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showHelpAfterError('See interleave --help.')
    .exitOverride();
  addPromptCommands(program, act);
  program
    .command('limits')
    .description('list all limits of runs with their options and defaults')
    .action(() => terminal.out(limitList()));
  addRulesCommands(program, {
    check: (file) => act((commands) => commands.checkRules(file)),
    try: (...input) => act((commands) => commands.tryRules(...input)),
  });
  addSavedRunCommands(program, act);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return exitCodeOfError(error, terminal.err);
  }
}

/** Loads the commands and does one of them, whose exit code is that of the program. */
type Act = (action: (commands: Commands) => Promise<ExitCode>) => Promise<void>;

/** Adds the commands for prompt files. */
function addPromptCommands(program: Command, act: Act): void {
  const run = program
    .command('run')
    .description('run the prompts of files and folders')
    .argument('<paths...>', pathsHelp)
    .addHelpText('after', runHelp)
    .showHelpAfterError('See interleave run --help.');
  addRunOptions(run).action((paths: string[], options: RunCommandOptions) =>
    act((commands) => commands.run(paths, options)),
  );
  rejectRepeats(run, collectingOptions);
  program
    .command('list')
    .description('list the prompts of files and folders, without running them')
    .argument('<paths...>', pathsHelp)
    .showHelpAfterError('See interleave list --help.')
    .action((paths: string[]) => act((commands) => commands.listPrompts(paths)));
}

/** Adds the commands for saved runs. */
function addSavedRunCommands(program: Command, act: Act): void {
  program
    .command('runs')
    .description('list saved runs, newest first')
    .option('--json', 'as JSON')
    .action((options: { readonly json?: boolean }) =>
      act((commands) => commands.listRuns(options)),
    );
  const resume = program
    .command('resume')
    .description(
      'resume a run that was interrupted or cancelled; complete turns are not sent again',
    )
    .argument('<run>', 'the id of the run; interleave runs lists it')
    .option('--base-url <U>', 'the server the run was sent to; confirms that it may get the key')
    .addHelpText('after', resumeHelp)
    .showHelpAfterError('See interleave resume --help.');
  addLimitOptions(addRuleOptions(addOutputOptions(resume))).action(
    (runId: string, options: ResumeOptions) => act((commands) => commands.resume(runId, options)),
  );
  rejectRepeats(resume, collectingOptions);
}

function exitCodeOfError(error: unknown, write: (text: string) => void): ExitCode {
  // Commander has already written its message. `--help` and `--version` end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (isUserError(error)) {
    write(`${terminalText(error.message)}\n`);
    return exitCodes.usage;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  write(`Interleave failed: ${terminalText(stack ?? messageOf(error))}\n`);
  return exitCodes.someFailed;
}
