import { readRegularFile } from '../base/readRegularFile.ts';
import { UnusableFileError } from '../base/unusableFile.ts';
import { errorAt } from './diagnostics.ts';
import type { PromptFile } from './prompt.ts';
import { span } from './sourceText.ts';

/** Limits on the location and size of a prompt file. */
export interface PromptFilePlace {
  readonly maxBytes: number;
  /** The folder that links must not lead out of; links may lead anywhere when absent. */
  readonly within?: string;
}

/** The text of a prompt file on disk, or a file without prompts whose diagnostic says why it was not read. */
export async function readPromptFile(
  file: string,
  place: PromptFilePlace,
): Promise<string | PromptFile> {
  try {
    return new TextDecoder().decode(await readRegularFile(file, place));
  } catch (error) {
    if (error instanceof UnusableFileError) return withoutPrompts(error);
    throw error;
  }
}

/** A prompt file without prompts, with the reason as its diagnostic. */
function withoutPrompts({ problem, message }: UnusableFileError): PromptFile {
  const isTooLarge = problem === 'too large';
  const advice = isTooLarge ? ' Split it into several files.' : '';
  const code = isTooLarge ? 'too-large' : 'not-read';
  const diagnostic = errorAt(span(0, 0, 0), code, `This file ${message}.${advice}`);
  return { prompts: [], diagnostics: [diagnostic] };
}
