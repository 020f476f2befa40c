import * as vscode from 'vscode';
import { UserError } from '../core/base/errors.ts';
import { isFolderUri } from '../core/base/pathKey.ts';
import type { Redactor } from '../core/base/redact.ts';
import { quoted, visibleText } from '../core/base/text.ts';
import type { BoundPrompt, PromptValues } from '../core/prompts/bindPrompt.ts';
import { bindPrompt } from '../core/prompts/bindPrompt.ts';
import type { TextRange } from '../core/prompts/textRange.ts';
import type { RunPrompt } from '../core/runner/runRequest.ts';
import { toolLimits } from '../core/tools/toolLimits.ts';
import { createLinkedFiles } from '../core/tools/workspace/linkedFiles.ts';
import { parsePromptId } from '../shared/promptId.ts';
import { plural } from '../shared/quantities.ts';
import type { OriginFolder } from '../shared/runOrigin.ts';
import type { Configuration } from './configuration.ts';
import type { FilePrompt } from './filePrompt.ts';
import type { Toolsets } from './toolsets.ts';

/** What `PromptBinder` needs. */
export interface PromptBinderOptions {
  readonly toolsets: Toolsets;
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly redactor: Pick<Redactor, 'hideKeys'>;
  /** The current workspace folders. */
  folders(): readonly OriginFolder[];
}

/** Prompts as they are sent, and what the user should know of them. */
export interface ReadyPrompts {
  readonly prompts: readonly RunPrompt[];
  readonly remarks: readonly string[];
}

/** Gives prompts their values, and the files that they link to. */
export class PromptBinder {
  readonly #options: PromptBinderOptions;

  constructor(options: PromptBinderOptions) {
    this.#options = options;
  }

  /** Rejects with a `UserError` if a variable has no value, or a file that a prompt needs cannot be read. */
  async bind(
    prompts: readonly FilePrompt[],
    values: Omit<PromptValues, 'files'>,
  ): Promise<ReadyPrompts> {
    const { toolsets, configuration, redactor, folders } = this.#options;
    const onDisk = folders().filter(({ path }) => !isFolderUri(path));
    const toolset = toolsets.forFolders(onDisk, toolLimits(configuration.limits()));
    const files = createLinkedFiles({
      workspace: toolset.workspace,
      hideKeys: redactor.hideKeys,
      openText: (path) => unsavedTexts().find(([place]) => toolset.pathOf(place) === path)?.[1],
    });
    const ready: RunPrompt[] = [];
    const remarks: string[] = [];
    const errors: string[] = [];
    for (const prompt of prompts) {
      const bound = await bindPrompt(prompt, { ...values, files });
      for (const { isError, text } of problemsOf(bound)) (isError ? errors : remarks).push(text);
      const { id, name, text, options, source } = bound.prompt;
      ready.push({ id, name, text, options, source });
    }
    const [first, ...others] = errors;
    if (first === undefined) return { prompts: ready, remarks };
    const more = others.length === 0 ? '' : ` (and ${plural(others.length, 'more error')})`;
    throw new UserError(`${first}${more} Nothing was sent.`);
  }
}

/** The texts of files in editors that differ from those on disk. */
function unsavedTexts(): readonly (readonly [path: string, text: string])[] {
  return vscode.workspace.textDocuments
    .filter(({ isDirty, isClosed, uri }) => isDirty && !isClosed && uri.scheme === 'file')
    .map((document) => [document.uri.fsPath, document.getText().replaceAll('\r\n', '\n')]);
}

interface BindProblem {
  readonly isError: boolean;
  readonly text: string;
}

function problemsOf({ prompt, open, problems }: BoundPrompt): readonly BindProblem[] {
  const at = ({ line }: TextRange): string =>
    visibleText(`${parsePromptId(prompt.id).file}, line ${line + 1}`);
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
