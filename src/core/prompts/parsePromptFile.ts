import { promptFileKind } from '../../shared/promptFileName.ts';
import { fileNameOf } from '../../shared/promptId.ts';
import type { AgentMention } from '../base/agentDefinition.ts';
import { quoted } from '../base/text.ts';
import type { OfferedTools } from '../base/toolEffect.ts';
import { errorAt, inDocumentOrder } from './diagnostics.ts';
import { readManyPrompts } from './manyPrompts.ts';
import { readOnePrompt } from './onePrompt.ts';
import type { PromptDiagnostic, PromptFile } from './prompt.ts';
import { defaultMaxBytes, readLines, span } from './sourceText.ts';

/** Options of `parsePromptFile`. */
export interface ParseOptions {
  /** Tools the run can offer. Without it, names of tools are not checked. */
  readonly knownTools?: OfferedTools;
  /** UTF-8 bytes that the file may have; 1 MB when absent. */
  readonly maxBytes?: number;
}

/**
 * Reads a prompt file. Never throws: problems are diagnostics, and prompts that cannot be sent are left
 * out. `file` is the file part of the prompts' ids; its name tells the kind of file. Ranges count lines and
 * UTF-16 columns of the text without its byte order mark.
 */
export function parsePromptFile(
  text: string,
  file: string,
  options: ParseOptions = {},
): PromptFile {
  const diagnostics: PromptDiagnostic[] = [];
  const report = (diagnostic: PromptDiagnostic) => void diagnostics.push(diagnostic);
  const kind = promptFileKind(file);
  if (!kind) {
    const message = `${quoted(fileNameOf({ file }))} is not a prompt file. Name it *.prompts.md for many prompts, *.prompt.md for one.`;
    return { prompts: [], diagnostics: [errorAt(span(0, 0, 0), 'not-a-prompt-file', message)] };
  }
  const { maxBytes = defaultMaxBytes } = options;
  const lines = readLines({ text, what: 'file', maxBytes }, report);
  if (!lines) return { prompts: [], diagnostics };
  const read = kind === 'many' ? readManyPrompts : readOnePrompt;
  const agents: AgentMention[] = [];
  const onAgent = (mention: AgentMention) => void agents.push(mention);
  const prompts = read(lines, file, { knownTools: options.knownTools, report, onAgent });
  const all = inDocumentOrder(diagnostics);
  return { prompts, diagnostics: all, ...(agents.length === 0 ? {} : { agents }) };
}
