import { parsePromptId } from '../../shared/promptId.ts';
import type { LinkedFiles, Values } from './bindTemplate.ts';
import { bindTemplate, isVariable, valueFor, valueName } from './bindTemplate.ts';
import type { Prompt, PromptDiagnostic } from './prompt.ts';
import type { TemplatePart, VariablePart } from './template.ts';

/** Where the values of prompts come from. */
export interface PromptValues {
  /** Given for this start; they come before what the file says. */
  readonly given: Values;
  /** What is true of the place where the run starts, such as `workspaceFolder`; they come last. */
  readonly usual: Values;
  readonly files: LinkedFiles;
}

/** A prompt with its values. It must not be sent while it has open variables or a problem that is an error. */
export interface BoundPrompt<P extends Prompt = Prompt> {
  /** Its text is what is sent, and its `vars` are the values that the text has. */
  readonly prompt: P;
  readonly open: readonly VariablePart[];
  readonly problems: readonly PromptDiagnostic[];
}

/** Gives a prompt its values. Never rejects. */
export async function bindPrompt<P extends Prompt>(
  prompt: P,
  { given, usual, files }: PromptValues,
): Promise<BoundPrompt<P>> {
  const values = valuesOf(prompt, given);
  const { file } = parsePromptId(prompt.id);
  const folder = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const bound = await bindTemplate(prompt.template, { values, usual, files, folder });
  const { text, used, open, problems } = bound;
  return { prompt: { ...prompt, text, vars: Object.fromEntries(used) }, open, problems };
}

/** A value that is needed before prompts can start. */
export interface OpenValue {
  readonly name: string;
  /** What the file says to enter. */
  readonly placeholder?: string;
  /** The variable as the file has it. */
  readonly source: string;
  /** The names of the prompts that need it. */
  readonly prompts: readonly string[];
}

/** The values that these prompts still need, each once, in the order of the prompts. */
export function openValues(
  prompts: readonly Prompt[],
  { given, usual }: Pick<PromptValues, 'given' | 'usual'>,
): readonly OpenValue[] {
  const uses = prompts.flatMap((prompt) => {
    const values = valuesOf(prompt, given);
    return prompt.template.flatMap((part) => {
      const name = isVariable(part) ? valueName(part) : undefined;
      const isOpen = name !== undefined && valueFor(part, { values, usual }) === undefined;
      return isOpen ? [{ name, part, prompt: prompt.name }] : [];
    });
  });
  return [...Map.groupBy(uses, ({ name }) => name)].map(([name, users]) => {
    const placeholder = users.map(({ part }) => placeholderOf(part)).find(Boolean);
    return {
      ...{ name, source: users[0]?.part.source ?? name },
      ...(placeholder === undefined ? {} : { placeholder }),
      prompts: [...new Set(users.map(({ prompt }) => prompt))],
    };
  });
}

function placeholderOf(part: TemplatePart): string | undefined {
  return part.kind === 'input' ? part.placeholder : undefined;
}

/** The names of all values that these prompts can use. */
export function usedNames(prompts: readonly Prompt[]): ReadonlySet<string> {
  const names = prompts.flatMap(({ template }) => template.map(valueName));
  return new Set(names.filter((name) => name !== undefined));
}

function valuesOf({ vars = {}, row }: Prompt, given: Values): Values {
  return new Map([...Object.entries(vars), ...(row ?? []), ...given]);
}
