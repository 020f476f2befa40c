import type { Command } from 'commander';

/** The options that decide which tool calls may run. */
export interface RuleOptions {
  /** Rules without the leading "allow". */
  readonly allow?: readonly string[];
  /** A rules file. */
  readonly rules?: string;
}

/** Adds `--allow` and `--rules`. */
export function addRuleOptions(command: Command): Command {
  return command
    .option(
      '--allow <RULE>',
      'allow tool calls that need approval, such as "run_command(npm test)"; may be repeated',
      (rule: string, others: readonly string[] = []) => [...others, rule],
    )
    .option('--rules <F>', 'a file with rules for tool calls');
}
