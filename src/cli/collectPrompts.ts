import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../core/base/errors.ts';
import { visibleText } from '../core/base/text.ts';
import type { ParseOptions } from '../core/prompts/parsePromptFile.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { Prompt, PromptDiagnostic } from '../core/prompts/prompt.ts';
import type { PlannedPrompt } from '../core/runner/planRun.ts';
import { distinct } from '../core/runner/planRun.ts';
import { fileProblem } from './fileProblem.ts';
import { findPromptFiles } from './promptFiles.ts';

/** A prompt of a file; `skip` leaves it out unless it is selected by name. */
export type CollectedPrompt = PlannedPrompt & { readonly skip: boolean };

/** The prompts of the files and folders that were named, and remarks that stop nothing. */
export interface CollectedPrompts {
  readonly prompts: readonly CollectedPrompt[];
  /** Lines for standard error. */
  readonly remarks: readonly string[];
}

/**
 * Reads every prompt of the files, and of all prompt files in the folders, in the order given.
 * Throws a `UserError` that lists everything that is wrong in any file: nothing is run then.
 */
export async function collectPrompts(
  places: readonly string[],
  options: ParseOptions,
): Promise<CollectedPrompts> {
  const files = await findPromptFiles(places);
  const read = await Promise.all(files.map((file) => readPrompts(file, options)));
  const remarks = read.flatMap((each) => each.remarks);
  if (read.some(({ isBroken }) => isBroken)) {
    throw new UserError([...remarks, 'Nothing was sent.'].join('\n'));
  }
  return { prompts: distinct(read.flatMap(({ prompts }) => prompts)), remarks };
}

interface ReadFile extends CollectedPrompts {
  /** Whether something in the file keeps it from being run. */
  readonly isBroken: boolean;
}

async function readPrompts(file: string, options: ParseOptions): Promise<ReadFile> {
  const bytes = await readFile(file).catch(fileProblem);
  if (typeof bytes === 'string') return brokenFile(`${visibleText(file)} ${bytes}.`);
  if (!isUtf8(bytes)) {
    return brokenFile(
      `${visibleText(file)}:1:1: error: This is not UTF-8. Save the file as UTF-8.`,
    );
  }
  const name = file.split(path.sep).join('/');
  const { prompts, diagnostics } = parsePromptFile(bytes.toString('utf8'), name, options);
  return {
    prompts: prompts.map((prompt) => toCollected(prompt, file)),
    remarks: diagnostics.map((diagnostic) => describe(file, diagnostic)),
    isBroken: diagnostics.some(({ severity }) => severity === 'error'),
  };
}

function brokenFile(remark: string): ReadFile {
  return { prompts: [], remarks: [remark], isBroken: true };
}

/** `math.prompts.md:3:1: error: …`, the form that editors and build logs know. */
function describe(file: string, { range, severity, message }: PromptDiagnostic): string {
  const place = `${file}:${range.line + 1}:${range.column + 1}`;
  return visibleText(`${place}: ${severity}: ${message}`);
}

function toCollected({ id, name, text, options, skip, range }: Prompt, file: string) {
  const uri = pathToFileURL(path.resolve(file)).toString();
  return { id, name, text, options, skip, source: { uri, line: range.line } };
}
