/** Agent files by their names. */
const agentFileNames = /\.agent\.md$/i;

/** A glob for agent files in all folders. */
export const agentFileGlob = '**/*.agent.md';

/** The folder of a workspace folder in which VS Code keeps agent files. */
export const agentFolder = '.github/agents';

/** The folder of the user's own agent files, in the home folder: VS Code and Copilot read them there, too. */
export const ownAgentFolder = '.copilot/agents';

/** Whether a file is an agent file, by its name or path. */
export function isAgentFileName(name: string): boolean {
  return agentFileNames.test(name);
}

/** The name without the ending of agent files. */
export function withoutAgentEnding(name: string): string {
  return name.replace(agentFileNames, '');
}
