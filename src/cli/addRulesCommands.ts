import type { Command } from 'commander';
import type { ToolLimits } from '../core/tools/toolLimits.ts';
import { defaultToolLimits } from '../core/tools/toolLimits.ts';
import type { Toolset } from '../core/tools/toolset.ts';
import type { ExitCode } from './exitCodes.ts';
import type { RulesServices, TryOptions } from './rulesCommand.ts';
import { rulesCheckCommand, rulesTryCommand } from './rulesCommand.ts';
import type { Terminal } from './terminal.ts';

interface AddRulesServices {
  readonly terminal: Terminal;
  /** The current folder. */
  readonly folder: string;
  createToolset(limits: ToolLimits): Toolset;
}

/** Adds the commands that check and try rules for tool calls. */
export function addRulesCommands(
  program: Command,
  { terminal, folder, createToolset }: AddRulesServices,
  onEnd: (code: ExitCode) => void,
): void {
  const withTools = async (use: (services: RulesServices) => Promise<ExitCode>) => {
    const toolset = createToolset(defaultToolLimits);
    try {
      onEnd(await use({ terminal, folder, tools: toolset.tools }));
    } finally {
      toolset.dispose();
    }
  };
  const rules = program.command('rules').description('check and try rules for tool calls');
  rules
    .command('check')
    .description('report the errors of a rules file, and check its examples')
    .argument('<file>', 'a file of rules')
    .showHelpAfterError('See interleave rules check --help.')
    .action((file: string) => withTools((services) => rulesCheckCommand(file, services)));
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
      withTools((services) => rulesTryCommand(file, tool, input, options, services)),
    );
}
