import type { Prompt } from '../core/prompts/prompt.ts';

/** A prompt and where it stands. */
export interface FilePrompt extends Prompt {
  /** Lines count from 0. */
  readonly source: { readonly uri: string; readonly line: number };
}
