import { type Command, InvalidArgumentError, Option } from 'commander';
import { limits, maxConcurrent } from '../core/base/limits.ts';
import { isLimitValue } from '../core/base/limitValues.ts';
import type { ReasoningEffort } from '../core/base/reasoningEffort.ts';
import { reasoningEfforts } from '../core/base/reasoningEffort.ts';
import { type RunChoice, runChoices } from '../core/base/runChoices.ts';
import { exportFormatNames, formatFacts } from '../core/export/formatFacts.ts';
import type { Concurrency } from '../core/limiter/limiter.ts';
import type { Values } from '../core/prompts/bindTemplate.ts';
import type { RowChoice } from '../core/prompts/rows/rowChoice.ts';
import { parseRanges, rangesDescription } from '../core/prompts/rows/rowChoice.ts';
import { keyedProviders } from '../core/providers/baseUrl.ts';
import type { ProviderId } from '../core/providers/provider.ts';
import type { RuleOptions } from './addRuleOptions.ts';
import { addRuleOptions } from './addRuleOptions.ts';
import { addVar } from './addVar.ts';
import type { LimitOptions } from './givenLimits.ts';
import { addLimit, toLimit } from './limitOptions.ts';
import { anyOf, cliProviderIds, onlyInVscode } from './providerKeys.ts';

/** The options of `interleave run`, defaults included. */
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
  /** Whether one conversation starts first to fill the prompt cache; `--no-warm-up` turns it off. */
  readonly warmUp: boolean;
  /** Whether a file with an error in a folder stops the run, too. */
  readonly strict?: boolean;
  readonly select?: readonly string[];
  /** A table, or a glob of files, for all prompts. */
  readonly data?: string;
  readonly rows?: RowChoice['ranges'];
  readonly sample?: number;
  readonly seed?: number;
  /** Values of variables, by their names. */
  readonly var?: Values;
  /** A file with values of variables. */
  readonly vars?: string;
  /** The result of an earlier run. Its prompts that are done do not run again. */
  readonly rerunFailed?: string;
  /** The same, but prompts and rows that are new or have another text run, too. */
  readonly rerunChanged?: string;
  /** A file, or `-` for standard output; so are the three options below. */
  readonly json?: string;
  readonly jsonl?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly patch?: string;
  /** Whether what conversations propose is written into the files. */
  readonly apply?: 'none' | 'all';
  readonly log: 'interleaved' | 'grouped' | 'none';
}

/** Adds the options of `interleave run` to its command. */
export function addRunOptions(command: Command): Command {
  return addOutputOptions(addRuleOptions(addChoiceOptions(addAgentOptions(command))));
}

/** The options that take one value and may be repeated. */
export const collectingOptions: readonly string[] = ['--limit', '--allow', '--var'];

function addAgentOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--provider <P>', `the provider (choices: ${providers.join(', ')})`)
        .argParser(toProvider)
        .default('auto'),
    )
    .option('--model <M>', "the model's id (default: the provider's general-purpose model)")
    .option(
      '--base-url <U>',
      `send requests to this server; needs --provider ${anyOf(keyedProviders)}`,
    )
    .option('--agent <NAME|FILE>', 'the agent that answers: its name, or its *.agent.md file')
    .addOption(
      new Option('--effort <E>', 'reasoning effort of the model').choices(reasoningEfforts),
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
    .option('--no-warm-up', 'start all at once instead of one first to fill the prompt cache')
    .option('--strict', 'run nothing when a file in a folder has an error or cannot be read')
    .option('--select <NAME...>', 'run only the prompts with these names or ids; after the paths')
    .option(
      '--data <F>',
      'a .csv, .tsv, .jsonl or .json file, or a glob of files: one conversation a row',
    )
    .option('--rows <R>', 'run only these rows, such as 1-20,35 or 100-', toRanges)
    .option('--sample <N>', 'run only this many rows, drawn at random', toCount)
    .option('--seed <S>', 'draws other rows with --sample (default: 1)', toCount)
    .option('--var <NAME=VALUE>', 'the value of a variable; may be repeated', addVar)
    .option('--vars <F>', 'a JSON or YAML file with values by their names; --var comes before it')
    .option('--rerun-failed <F>', 'run only the prompts that are not done in this result of --json')
    .option(
      '--rerun-changed <F>',
      'run only the prompts and rows that are new, changed or not done in this result of --json',
    );
  return addLimitOptions(command);
}

/** Adds the options that set limits. */
export function addLimitOptions(command: Command): Command {
  return command
    .option(
      '--max-turns <N>',
      `maximum model responses in one conversation (default: ${limits.maxTurns.default})`,
      toLimit('maxTurns'),
    )
    .option(
      '--max-tokens <N>',
      `maximum tokens of one model response (default: ${limits.maxTokens.default})`,
      toLimit('maxTokens'),
    )
    .option(
      '--max-wait <S>',
      'stop a run that must wait longer for a limit or a server, in seconds (default: none)',
      toLimit('maxWaitSeconds'),
    )
    .option('--max-cost <USD>', 'stop the run when it has cost this much', toAmount)
    .option(
      '--timeout <S>',
      `timeout of one conversation, in seconds (default: ${limits.timeoutSeconds.default})`,
      toSeconds,
    )
    .option(
      '--limit <NAME=N>',
      'another limit, such as toolCalls=50; interleave limits lists them',
      addLimit,
    );
}

/** Adds the options for the files of results. */
function addResultOptions(command: Command): Command {
  for (const name of exportFormatNames) {
    command.option(`--${name} <F>`, formatFacts[name].help);
  }
  return command
    .option('--patch <F>', 'write what conversations propose as a patch for git apply, or -')
    .addOption(
      choice(
        '--apply <A>',
        'write what conversations propose into the files, in prompt order',
        ['none', 'all'],
        'none',
      ),
    );
}

/** Adds the options for what is written where: results and log. */
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

const providers: readonly RunCommandOptions['provider'][] = ['auto', ...cliProviderIds];

function toProvider(text: string): RunCommandOptions['provider'] {
  if (text === 'vscode') throw new InvalidArgumentError(onlyInVscode);
  const known = providers.find((name) => name === text);
  if (known !== undefined) return known;
  throw new InvalidArgumentError(`Allowed choices are ${providers.join(', ')}.`);
}

const maxSeconds = limits.timeoutSeconds.maximum;

/** Parses a timeout. Its range is that of prompt files, which allow fractions. */
function toSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && seconds > 0 && seconds <= maxSeconds) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds above 0, at most ${maxSeconds}.`);
}

function toAmount(text: string): number {
  const number = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && isLimitValue('maxCostUsd', number)) return number;
  throw new InvalidArgumentError('It must be an amount of US dollars, such as 2.50.');
}

function toRanges(text: string): RowChoice['ranges'] {
  const ranges = parseRanges(text);
  if (ranges !== undefined) return ranges;
  throw new InvalidArgumentError(`It must be ${rangesDescription}.`);
}

function toCount(text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1) return number;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function toConcurrency(text: string): Concurrency {
  if (text === 'auto' || text === 'unlimited') return text;
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxConcurrent) return number;
  throw new InvalidArgumentError(
    `It must be auto, unlimited or a whole number from 1 to ${maxConcurrent}.`,
  );
}
