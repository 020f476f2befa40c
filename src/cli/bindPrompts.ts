import { UserError } from '../core/base/errors.ts';
import { limitFlag } from '../core/base/limitValues.ts';
import { didYouMean } from '../core/base/nearMiss.ts';
import { quoted } from '../core/base/text.ts';
import type { BoundPrompt } from '../core/prompts/bindPrompt.ts';
import { bindPrompt, usedNames } from '../core/prompts/bindPrompt.ts';
import type { Values } from '../core/prompts/bindTemplate.ts';
import type { ExpandedPrompts } from '../core/prompts/rows/expandPrompt.ts';
import { expandPrompts } from '../core/prompts/rows/expandPrompt.ts';
import type { VariablePart } from '../core/prompts/template.ts';
import { offeredTools } from '../core/tools/toolBox.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import { createLinkedFiles } from '../core/tools/workspace/linkedFiles.ts';
import type { CollectedPrompt } from './collectPrompts.ts';
import { describeProblem } from './collectPrompts.ts';
import type { DataOptions } from './givenData.ts';
import { givenData } from './givenData.ts';
import { limitValues } from './givenLimits.ts';
import { readVars } from './readVars.ts';
import type { RunCommandOptions } from './runOptions.ts';
import type { RunCommandServices } from './runServices.ts';
import { terminalText } from './terminalText.ts';

/** Max number of missing values in an error message. */
const maxProblems = 50;

/** Prompts with their values, as far as these are known. */
export interface BoundPrompts {
  readonly prompts: readonly CollectedPrompt[];
  /**
   * Lines for the user about the prompts that are to run. Throws a `UserError` if one of them has no value for a
   * variable, or a file that it needs cannot be read.
   */
  remarksOn(chosen: readonly CollectedPrompt[]): readonly string[];
}

/** Gives the prompts the values of `--var`, `--vars` and the current folder. */
export async function bindPrompts(
  prompts: readonly CollectedPrompt[],
  options: Pick<RunCommandOptions, 'var' | 'vars' | 'limit' | keyof DataOptions>,
  services: Pick<RunCommandServices, 'createToolset' | 'folder' | 'redactor'>,
): Promise<BoundPrompts> {
  const fromFile: Values = options.vars === undefined ? new Map() : await readVars(options.vars);
  const given: Values = new Map([...fromFile, ...(options.var ?? [])]);
  const usual: Values = new Map([['workspaceFolder', services.folder]]);
  const limits = limitValues(options);
  const toolset = services.createToolset(toolLimits(limits));
  try {
    const { workspace, readBytes } = toolset;
    const files = createLinkedFiles({ workspace, readBytes, hideKeys: services.redactor.hideKeys });
    const expanded = await expandPrompts(prompts, {
      ...{ files, ...givenData(options), names: new Set(given.keys()) },
      ...{ max: limits.conversations, limitKey: `the limit with ${limitFlag('conversations')}` },
      knownTools: offeredTools(toolset.tools),
    });
    const bound: BoundPrompt<CollectedPrompt>[] = [];
    for (const prompt of expanded.prompts)
      bound.push(await bindPrompt(prompt, { given, usual, files }));
    const areOf = (chosen: readonly CollectedPrompt[]): readonly BoundPrompt<CollectedPrompt>[] => {
      const ids = new Set(chosen.map(({ id }) => id));
      return bound.filter(({ prompt }) => ids.has(prompt.id));
    };
    return {
      prompts: bound.map(({ prompt }) => prompt),
      remarksOn: (chosen) => [
        ...problemsOf(areOf(chosen), expanded.problems),
        ...unusedVars(options.var ?? new Map(), usedNames(prompts)),
      ],
    };
  } finally {
    toolset.dispose();
  }
}

/** The warnings. Throws for an error or an open variable. */
function problemsOf(
  bound: readonly BoundPrompt<CollectedPrompt>[],
  ofData: ExpandedPrompts<CollectedPrompt>['problems'],
): readonly string[] {
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const { prompt, problem } of ofData) {
    const lines = problem.severity === 'error' ? errors : warnings;
    lines.push(describeProblem(prompt.shown, problem));
  }
  for (const { prompt, open, problems } of bound) {
    for (const part of open) errors.push(describeProblem(prompt.shown, openProblem(part)));
    for (const problem of problems) {
      const lines = problem.severity === 'error' ? errors : warnings;
      lines.push(describeProblem(prompt.shown, problem));
    }
  }
  if (errors.length === 0) return warnings;
  const more = errors.length - maxProblems;
  const rest = more > 0 ? [`There are ${more} more problems like these.`] : [];
  throw new UserError([...errors.slice(0, maxProblems), ...rest, 'Nothing was sent.'].join('\n'));
}

function openProblem(part: VariablePart) {
  const { source, range } = part;
  const name = part.kind === 'input' ? part.name : optionName(part.variable);
  const message = `${quoted(source)} has no value. Give it with --var ${name}=VALUE.`;
  return { severity: 'error', code: 'no-value', message, range } as const;
}

/** `--var file=…` gives a value to all variables that are about a file. */
function optionName(variable: string): string {
  if (variable.startsWith('file')) return 'file';
  return variable.startsWith('workspace') ? 'workspaceFolder' : 'selection';
}

function unusedVars(given: Values, used: ReadonlySet<string>): readonly string[] {
  const unused = [...given.keys()].filter((name) => !used.has(name));
  return unused.map((name) => {
    const hint = didYouMean(name, [...used]);
    return terminalText(`No prompt has the variable ${quoted(name)} of --var.${hint}`);
  });
}
