import type { Command } from 'commander';
import type { TryOptions } from './rulesCommand.ts';

/** What the commands for rules do. */
interface RulesActions {
  check(file: string): Promise<void>;
  try(file: string, tool: string, input: string, options: TryOptions): Promise<void>;
}

/** Adds the commands that check and try rules for tool calls. */
export function addRulesCommands(program: Command, actions: RulesActions): void {
  const rules = program.command('rules').description('check and try rules for tool calls');
  rules
    .command('check')
    .description('report the errors of a rules file, and check its examples')
    .argument('<file>', 'a file of rules')
    .showHelpAfterError('See interleave rules check --help.')
    .action((file: string) => actions.check(file));
  rules
    .command('try')
    .description('show which rule of a file decides a tool call, and why; nothing is run')
    .argument('<file>', 'a file of rules')
    .argument('<tool>', 'the name of a tool, such as run_command')
    .argument('<input>', 'its arguments as JSON, such as \'{"command":"npm test"}\'')
    .option('--agent <NAME>', 'the agent that makes the call')
    .option('--unattended', 'decide as in a run without a user to ask')
    .showHelpAfterError('See interleave rules try --help.')
    .action((file: string, tool: string, input: string, options: TryOptions) =>
      actions.try(file, tool, input, options),
    );
}
