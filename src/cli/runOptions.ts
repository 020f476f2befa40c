import { type Command, InvalidArgumentError, Option } from 'commander';
import { limits, mostConcurrent } from '../core/base/limits.ts';
import { isLimitValue } from '../core/base/limitValues.ts';
import type { ReasoningEffort } from '../core/base/reasoningEffort.ts';
import { reasoningEfforts } from '../core/base/reasoningEffort.ts';
import { type RunChoice, runChoices } from '../core/base/runChoices.ts';
import { exportFormatNames, exportFormats } from '../core/export/formats.ts';
import type { Concurrency } from '../core/limiter/limiter.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import { onlyInVscode } from './cliProviders.ts';
import type { LimitOptions } from './limitOptions.ts';
import { addLimit, toLimit } from './limitOptions.ts';
import type { RuleOptions } from './ruleOptions.ts';
import { addRuleOptions } from './ruleOptions.ts';

/** The options of `interleave run`, as they were given or by their defaults. */
export interface RunCommandOptions extends LimitOptions, RuleOptions {
  readonly provider: ProviderId | 'auto';
  readonly model?: string;
  readonly baseUrl?: string;
  /** The name of an agent, or its file. */
  readonly agent?: string;
  readonly effort?: ReasoningEffort;
  readonly system?: string;
  readonly mode: 'concurrent' | 'serial';
  readonly failure: 'keepPartial' | 'allOrNothing';
  readonly concurrency: Concurrency;
  readonly toolExecution: 'serial' | 'parallel';
  readonly cpuTools: RunChoice<'cpuTools'>;
  /** Whether one conversation leads to fill the prompt cache; `--no-warm-up` turns it off. */
  readonly warmUp: boolean;
  /** Whether a broken file in a folder stops the run, as one that was named does. */
  readonly strict?: boolean;
  readonly select?: readonly string[];
  /** A result of an earlier run; what is done there is left out. */
  readonly rerunFailed?: string;
  /** A file, or `-` for standard output. */
  readonly json?: string;
  readonly jsonl?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly log: 'interleaved' | 'grouped' | 'none';
}

/** Adds the options of `interleave run` to its command. */
export function addRunOptions(command: Command): Command {
  return addOutputOptions(addRuleOptions(addChoiceOptions(addAgentOptions(command))));
}

/** The options that may be given several times though each takes one value. */
export const collectingOptions: readonly string[] = ['--limit', '--allow'];

function addAgentOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--provider <P>', `who answers (choices: ${providers.join(', ')})`)
        .argParser(toProvider)
        .default('auto'),
    )
    .option('--model <M>', "the model's id (default: the provider's general-purpose model)")
    .option('--base-url <U>', 'send requests to this server; needs --provider anthropic or openai')
    .option('--agent <NAME|FILE>', 'the agent that answers: its name, or its *.agent.md file')
    .addOption(
      new Option('--effort <E>', 'how hard the model should think').choices(reasoningEfforts),
    )
    .option('--system <TEXT>', 'system prompt')
    .addOption(
      choice(
        '--mode <MODE>',
        'all at once, or one after another',
        ['concurrent', 'serial'],
        'concurrent',
      ),
    )
    .addOption(
      choice(
        '--failure <F>',
        'keep what succeeds, or cancel the rest at the first failure',
        ['keepPartial', 'allOrNothing'],
        'keepPartial',
      ),
    )
    .option(
      '--concurrency <N>',
      'model requests at once: auto, a number or unlimited',
      toConcurrency,
      'auto',
    )
    .addOption(
      choice(
        '--tool-execution <T>',
        "how one turn's tool calls run",
        ['serial', 'parallel'],
        'serial',
      ),
    )
    .addOption(
      choice(
        '--cpu-tools <C>',
        'which calculations run in worker threads: the longer ones, or all',
        runChoices.cpuTools,
        'auto',
      ),
    );
}

function addChoiceOptions(command: Command): Command {
  command
    .option('--no-warm-up', 'start all at once even where a first one could fill the prompt cache')
    .option('--strict', 'run nothing when a file in a folder is broken or cannot be read')
    .option('--select <NAME...>', 'run only the prompts of these names or ids; after the places')
    .option('--rerun-failed <F>', 'run only what is not done in this result of --json');
  return addLimitOptions(command);
}

/** Adds the options that set the limits. */
export function addLimitOptions(command: Command): Command {
  return command
    .option(
      '--max-turns <N>',
      'model responses in one conversation (default: 50)',
      toLimit('maxTurns'),
    )
    .option(
      '--max-tokens <N>',
      'tokens of one model response (default: 16000)',
      toLimit('maxTokens'),
    )
    .option(
      '--max-wait <S>',
      'stop a run that would wait longer, in seconds, for a limit or a server (default: none)',
      toLimit('maxWaitSeconds'),
    )
    .option('--max-cost <USD>', 'stop the run when it has cost this much', toAmount)
    .option('--timeout <S>', 'seconds one conversation may take (default: 600)', toSeconds)
    .option(
      '--limit <NAME=N>',
      'another limit, such as toolCalls=50; interleave limits lists them',
      addLimit,
    );
}

/** Adds the options that say where results are written. */
function addResultOptions(command: Command): Command {
  for (const name of exportFormatNames) {
    command.option(`--${name} <F>`, exportFormats[name].help);
  }
  return command;
}

/** Adds the options that say what is written, and where. */
export function addOutputOptions(command: Command): Command {
  return addResultOptions(command).addOption(
    choice(
      '--log <ORDER>',
      'the log of tool calls on standard error',
      ['interleaved', 'grouped', 'none'],
      'interleaved',
    ),
  );
}

function choice(flags: string, text: string, values: readonly string[], fallback: string): Option {
  return new Option(flags, text).choices(values).default(fallback);
}

const providers: readonly RunCommandOptions['provider'][] = ['auto', 'anthropic', 'openai', 'demo'];

function toProvider(text: string): RunCommandOptions['provider'] {
  if (text === 'vscode') throw new InvalidArgumentError(onlyInVscode);
  const known = providers.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(`Allowed choices are ${providers.join(', ')}.`);
}

const mostSeconds = limits.timeoutSeconds.maximum;

/** At most a day, as in prompt files: timers cannot count much further. */
function toSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds > 0 && seconds <= mostSeconds) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds above 0, at most ${mostSeconds}.`);
}

function toAmount(text: string): number {
  const number = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && isLimitValue('maxCostUsd', number)) return number;
  throw new InvalidArgumentError('It must be an amount of US dollars, such as 2.50.');
}

function toConcurrency(text: string): Concurrency {
  if (text === 'auto' || text === 'unlimited') return text;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= mostConcurrent) return number;
  throw new InvalidArgumentError(
    `It must be auto, unlimited or a whole number from 1 to ${mostConcurrent}.`,
  );
}
