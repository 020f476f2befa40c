/** The folder of a workspace folder that no tool changes. */
export const workspaceRulesFolder = '.interleave';

/** The file with the rules that a workspace folder brings. */
export const workspaceRulesFile = `${workspaceRulesFolder}/approvals.rules`;
