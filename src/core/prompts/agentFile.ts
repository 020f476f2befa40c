import { withoutAgentEnding } from '../../shared/agentFileName.ts';
import type { AgentDefinition, AgentMention } from '../base/agentDefinition.ts';
import { nameInPath } from '../base/pathKey.ts';
import type { OfferedTools } from '../base/toolEffect.ts';
import type { AgentHeader } from './agentHeader.ts';
import { agentOptions, readAgentHeader } from './agentHeader.ts';
import type { Report } from './diagnostics.ts';
import { inDocumentOrder } from './diagnostics.ts';
import { readHeader } from './headerLines.ts';
import type { PromptDiagnostic } from './prompt.ts';
import { readDocument } from './promptDocument.ts';
import { readSection } from './section.ts';
import { defaultMaxBytes, readLines } from './sourceText.ts';

/** Max characters of a name; longer ones are shortened. */
const maxName = 200;

/** An agent file that was read. */
export interface AgentFile {
  /** Absent for a file that is too large, or that no provider would accept. */
  readonly agent?: AgentDefinition;
  /** Whether the user may pick it. */
  readonly isPickable: boolean;
  /** Whether agents that may ask all others may ask it. */
  readonly isForOthers: boolean;
  readonly diagnostics: readonly PromptDiagnostic[];
  /** Its own name and those of other agents. Whether there are such agents has not been looked up. */
  readonly mentions: readonly AgentMention[];
}

/** Options of `parseAgentFile`. */
export interface AgentFileOptions {
  /** Tools that the run can offer; others are left out. Without it, all are kept. */
  readonly knownTools?: OfferedTools;
  /** Ids of models, to recognize those with another spelling. Others are used as they are. */
  readonly knownModels?: readonly string[];
  /** UTF-8 bytes that the file may have; 1 MB when absent. */
  readonly maxBytes?: number;
}

/**
 * Reads a `*.agent.md`: an agent in the format of VS Code's custom agents, whose body is the system prompt. Never
 * throws. What is wrong in it is a diagnostic and left out: such files are written for other programs, too.
 */
export function parseAgentFile(
  text: string,
  file: string,
  { knownTools, knownModels = [], maxBytes = defaultMaxBytes }: AgentFileOptions = {},
): AgentFile {
  const diagnostics: PromptDiagnostic[] = [];
  const mentions: AgentMention[] = [];
  const report = (diagnostic: PromptDiagnostic) => void diagnostics.push(diagnostic);
  const lines = readLines({ text, what: 'file', maxBytes }, report);
  const isRefused = diagnostics.some(({ severity }) => severity === 'error');
  if (lines === undefined || isRefused)
    return { isPickable: false, isForOthers: false, diagnostics, mentions };
  const lenient = asWarnings(report);
  const document = readDocument(lines, { report: lenient, readHeader, isSplit: false });
  const header = readAgentHeader(document.frontMatter, {
    ...{ knownTools, knownModels, report: lenient },
    onAgent: (mention) => void mentions.push(mention),
  });
  const body = readSection(document, document.bodyLine, lines.length, {
    ...{ knownTools, report: lenient },
  });
  return {
    agent: definitionOf(header, agentOptions(body.options, report, document.bodyLine), {
      ...{ systemPrompt: body.text, fallback: withoutAgentEnding(nameInPath(file)) || 'agent' },
    }),
    isPickable: header.isPickable,
    isForOthers: header.isForOthers,
    diagnostics: inDocumentOrder(diagnostics),
    mentions,
  };
}

function definitionOf(
  { name, description, handoffs, agents, options }: AgentHeader,
  own: AgentDefinition['options'],
  { systemPrompt, fallback }: { readonly systemPrompt: string; readonly fallback: string },
): AgentDefinition {
  return {
    name: (name ?? fallback).slice(0, maxName).trim() || 'agent',
    ...{ description, systemPrompt, handoffs, agents },
    // The comment is nearer to the text than the header.
    options: { ...options, ...own },
  };
}

/**
 * Nothing in the file stops a run. Variables of VS Code's chat and options further down are sent as they stand:
 * in instructions they are often examples.
 */
function asWarnings(report: Report): Report {
  return (problem) => {
    if (problem.code === 'variable-without-name' || problem.code === 'misplaced-options') return;
    report(problem.severity === 'error' ? { ...problem, severity: 'warning' } : problem);
  };
}
