import * as vscode from 'vscode';
import { UserError } from '../core/base/errors.ts';
import { limitSetting } from '../core/base/limitValues.ts';
import { LongWork } from '../core/base/longWork.ts';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { Redactor } from '../core/base/redact.ts';
import { quoted, visibleText } from '../core/base/text.ts';
import type { OfferedTools } from '../core/base/toolEffect.ts';
import type { BoundPrompt, OpenValue, PromptValues } from '../core/prompts/bindPrompt.ts';
import { bindPrompt, openValues } from '../core/prompts/bindPrompt.ts';
import type { Values } from '../core/prompts/bindTemplate.ts';
import type { Prompt, PromptDiagnostic } from '../core/prompts/prompt.ts';
import type { ExpandedPrompts } from '../core/prompts/rows/expandPrompt.ts';
import { expandPrompts } from '../core/prompts/rows/expandPrompt.ts';
import type { TextRange } from '../core/prompts/textRange.ts';
import type { FirstRow } from '../core/prompts/variableHelp.ts';
import type { RunPrompt } from '../core/runner/runRequest.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import type { LinkedFileReader } from '../core/tools/workspace/linkedFiles.ts';
import { createLinkedFiles } from '../core/tools/workspace/linkedFiles.ts';
import { parsePromptId } from '../shared/promptId.ts';
import { plural } from '../shared/quantities.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { Configuration } from './configuration.ts';
import type { FilePrompt } from './filePrompt.ts';
import type { Toolsets } from './toolsets.ts';

/** Max prompts of a file whose data is looked at while the file is edited. */
const maxChecked = 50;

/** What `PromptBinder` needs. */
export interface PromptBinderOptions {
  readonly toolsets: Toolsets;
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly redactor: Pick<Redactor, 'hideKeys'>;
  /** The tools that conversations can use. */
  knownTools(): OfferedTools;
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
}

/** Prompts as they are sent, and what the user should know of them. */
export interface ReadyPrompts {
  readonly prompts: readonly RunPrompt[];
  readonly remarks: readonly string[];
}

/** Makes conversations of prompts: reads their data, and gives them values and the files that they link to. */
export class PromptBinder {
  readonly #options: PromptBinderOptions;

  constructor(options: PromptBinderOptions) {
    this.#options = options;
  }

  /** Starts to make conversations. Rejects with a `UserError` if the data of a prompt cannot be read. */
  async expand(prompts: readonly FilePrompt[], values: GivenValues): Promise<ExpandedFilePrompts> {
    const { configuration, knownTools } = this.#options;
    const files = this.#files();
    const expanded = await expandPrompts(prompts, {
      ...{ files, knownTools: knownTools(), names: new Set(values.given.keys()) },
      max: configuration.limits().conversations,
      limitKey: limitSetting('conversations'),
    });
    const remarks: string[] = [];
    const errors: string[] = [];
    for (const { prompt, problem } of expanded.problems) {
      const text = `${placeOf(prompt, problem.range)}: ${problem.message}`;
      (problem.severity === 'error' ? errors : remarks).push(text);
    }
    rejectAll(errors);
    return {
      needed: (usual) => openValues(expanded.prompts, { ...values, usual }),
      bind: async (all) => {
        const ready = await bindAll(expanded.prompts, { ...all, files });
        return { ...ready, remarks: [...remarks, ...ready.remarks] };
      },
    };
  }

  /** What is wrong with the data of prompts, as far as their first rows show it. */
  async problems(prompts: readonly Prompt[]): Promise<readonly PromptDiagnostic[]> {
    const tables = prompts.filter(({ data }) => data !== undefined && data.kind !== 'files');
    const { problems } = await this.#firstRows(tables.slice(0, maxChecked));
    return problems.map(({ problem }) => problem);
  }

  /** The values of the first row of a prompt's data; undefined where there is none. */
  async firstRow(prompt: Prompt): Promise<FirstRow | undefined> {
    if (prompt.data === undefined) return undefined;
    return (await this.#firstRows([prompt])).prompts[0]?.row;
  }

  #firstRows(prompts: readonly Prompt[]): Promise<ExpandedPrompts> {
    const once = prompts.map(({ repeat: _, models: __, ...prompt }) => prompt);
    return expandPrompts(once, {
      ...{ files: this.#files(), knownTools: this.#options.knownTools(), names: new Set() },
      ...{ choice: { ranges: [[1, 1]] }, max: maxChecked, limitKey: '' },
    });
  }

  #files(): LinkedFileReader {
    const { toolsets, configuration, redactor, folders } = this.#options;
    const onDisk = folders().filter(({ path }) => !isFolderUri(path));
    const toolset = toolsets.forFolders(onDisk, toolLimits(configuration.limits()));
    return createLinkedFiles({
      workspace: toolset.workspace,
      readBytes: toolset.readBytes,
      hideKeys: redactor.hideKeys,
      openText: (path) => unsavedText((place) => toolset.pathOf(place) === path),
    });
  }
}

/** Prompts as conversations that still need values. */
export interface ExpandedFilePrompts {
  /** The values that they still need. */
  needed(usual: Values): readonly OpenValue[];
  /** Rejects with a `UserError` if a variable has no value, or a file that a prompt needs cannot be read. */
  bind(values: GivenValues): Promise<ReadyPrompts>;
}

type GivenValues = Omit<PromptValues, 'files'>;

async function bindAll(
  prompts: readonly FilePrompt[],
  values: PromptValues,
): Promise<ReadyPrompts> {
  const ready: RunPrompt[] = [];
  const remarks: string[] = [];
  const errors: string[] = [];
  const work = new LongWork();
  for (const prompt of prompts) {
    await work.pause();
    const bound = await bindPrompt(prompt, values);
    for (const { isError, text } of problemsOf(bound)) (isError ? errors : remarks).push(text);
    ready.push(runPromptOf(bound.prompt));
  }
  rejectAll(errors);
  return { prompts: ready, remarks };
}

function runPromptOf({ id, name, text, options, vars = {}, source }: FilePrompt): RunPrompt {
  const hasVars = Object.keys(vars).length > 0;
  return { id, name, text, options, ...(hasVars ? { vars } : {}), source };
}

/** Throws a `UserError` with the first of these errors, if there is any. */
function rejectAll([first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${plural(others.length, 'more error')})`;
  throw new UserError(`${first}${more} Nothing was sent.`);
}

/** The text of a file in an editor that differs from the one on disk. */
function unsavedText(isFile: (path: string) => boolean): string | undefined {
  const document = vscode.workspace.textDocuments.find(
    ({ isDirty, isClosed, uri }) =>
      isDirty && !isClosed && uri.scheme === 'file' && isFile(uri.fsPath),
  );
  return document?.getText().replaceAll('\r\n', '\n');
}

interface BindProblem {
  readonly isError: boolean;
  readonly text: string;
}

function problemsOf({ prompt, open, problems }: BoundPrompt): readonly BindProblem[] {
  const at = (range: TextRange): string => placeOf(prompt, range);
  return [
    ...open.map(({ source, range }) => ({
      isError: true,
      text: `${at(range)}: ${quoted(source)} has no value.`,
    })),
    ...problems.map(({ severity, range, message }) => ({
      isError: severity === 'error',
      text: `${at(range)}: ${message}`,
    })),
  ];
}

function placeOf({ id }: FilePrompt | BoundPrompt['prompt'], { line }: TextRange): string {
  return visibleText(`${parsePromptId(id).file}, line ${line + 1}`);
}
