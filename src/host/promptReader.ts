import type { OfferedTools } from '../core/base/toolEffect.ts';
import { parsePromptFile } from '../core/prompts/parsePromptFile.ts';
import type { PromptFile } from '../core/prompts/prompt.ts';
import { readPromptFile } from '../core/prompts/readPromptFile.ts';
import type { SelectedText } from '../core/prompts/selection.ts';
import { promptsFromSelection } from '../core/prompts/selection.ts';
import { offeredTools } from '../core/tools/toolBox.ts';
import type { Configuration } from './configuration.ts';
import type { Toolsets } from './toolsets.ts';

/** What `PromptReader` needs. */
export interface PromptReaderOptions {
  readonly configuration: Pick<Configuration, 'limits'>;
}

/** Reads prompts, with the size limit of the settings and the tools of the window. */
export class PromptReader {
  readonly #options: PromptReaderOptions;
  readonly #toolsets: Toolsets;

  constructor(options: PromptReaderOptions, toolsets: Toolsets) {
    this.#options = options;
    this.#toolsets = toolsets;
  }

  /** Parses the text of a prompt file. `file` is the file part of its prompts' ids. */
  parseFile(text: string, file: string): PromptFile {
    return parsePromptFile(text, file, this.reading);
  }

  /**
   * Reads a prompt file from disk. Resolves with a `PromptFile` that has an error and no prompts if the file must
   * not be read: it is too large, not a regular file, or a link out of the folder `within`.
   */
  readFile(file: string, within: string | undefined): Promise<string | PromptFile> {
    const maxBytes = this.#maxBytes;
    return readPromptFile(file, { maxBytes, ...(within === undefined ? {} : { within }) });
  }

  /** Parses a selected text as one prompt. */
  parseSelection(text: string, selected: SelectedText): PromptFile {
    return promptsFromSelection(text, selected, this.#maxBytes);
  }

  /** What files are read with now. */
  get reading(): { readonly knownTools: OfferedTools; readonly maxBytes: number } {
    return { knownTools: this.#knownTools, maxBytes: this.#maxBytes };
  }

  /** The tools that conversations can use. */
  get #knownTools(): OfferedTools {
    return offeredTools(this.#toolsets.forFolders([]).tools);
  }

  get #maxBytes(): number {
    return this.#options.configuration.limits().promptKB * 1000;
  }
}
