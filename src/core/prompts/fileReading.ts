import type { AgentMention } from '../base/agentDefinition.ts';
import type { OfferedTools } from '../base/toolEffect.ts';
import type { Report } from './diagnostics.ts';

/** What a file is checked against, and who hears of what it says. */
export interface FileReading {
  /** Names of tools are not checked when undefined. */
  readonly knownTools: OfferedTools | undefined;
  readonly report: Report;
  /** Whether Markdown links to files are attached, as VS Code does in its prompt files. */
  readonly attachesLinks?: boolean;
  /** Is called with each agent that the file names, in any order. */
  readonly onAgent?: (mention: AgentMention) => void;
}
