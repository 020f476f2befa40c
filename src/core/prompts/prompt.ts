import type { AgentMention } from '../base/agentDefinition.ts';
import type { PromptOptions } from '../base/promptOptions.ts';
import type { DataSource } from './rows/dataSource.ts';
import type { Template } from './template.ts';
import type { TextRange } from './textRange.ts';

/** One prompt of a file or selection, as written. `bindPrompt` makes what is sent of it. */
export interface Prompt {
  /** The text form of its `PromptId`. It changes only with the file's path and the heading. */
  readonly id: string;
  readonly name: string;
  /** The text as written, without heading and comment block. */
  readonly text: string;
  /** The same text with its variables and links. */
  readonly template: Template;
  /** Values that the file gives to variables. */
  readonly vars?: { readonly [name: string]: string };
  /** The values of its row, where it is a conversation of one. */
  readonly row?: ReadonlyMap<string, string>;
  /** Where its rows come from: it makes a conversation of each. */
  readonly data?: DataSource;
  /** Which rows run, such as `1-20,35`; all when absent. */
  readonly rows?: string;
  /** How often each conversation runs; once when absent. */
  readonly repeat?: number;
  /** The models that each runs with, where there are several. */
  readonly models?: readonly string[];
  readonly options: PromptOptions;
  /**
   * From the heading to the end of the text; the whole file for a `*.prompt.md`. It does not contain the blank lines
   * below, but `promptsInRanges` treats a cursor there as in this prompt.
   */
  readonly range: TextRange;
  /** `skip: true`: the prompt is listed, but left out when the whole file is run. */
  readonly skip: boolean;
}

/** A problem in a prompt file. With an error, nothing of the file is sent. */
export interface PromptDiagnostic {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly range: TextRange;
}

/** A parsed prompt file. */
export interface PromptFile {
  readonly prompts: readonly Prompt[];
  readonly diagnostics: readonly PromptDiagnostic[];
  /** The agents that its options name. Whether there are such agents has not been looked up. */
  readonly agents?: readonly AgentMention[];
}
