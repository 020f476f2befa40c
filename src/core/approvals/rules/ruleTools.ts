/**
 * What a tool does: `pure` depends on its input only, `read` looks at the workspace, `network` asks a
 * server, `write` proposes edits, `execute` runs something, `foreign` belongs to another extension.
 */
export type ToolKind = 'pure' | 'read' | 'network' | 'write' | 'execute' | 'foreign';

/** What rules need to know of a tool. */
export interface RuleTool {
  readonly name: string;
  readonly kind: ToolKind;
  /** The argument that a specifier is about; absent when rules are about all calls or none. */
  readonly subject?: SubjectArgument;
}

/** The argument that says what a call is about. */
export interface SubjectArgument {
  readonly kind: 'command' | 'url' | 'path';
  readonly argument: string;
  /**
   * Arguments that may have any value. A call with an argument that is named nowhere here is allowed
   * by no rule with a specifier: nobody has said what it changes.
   */
  readonly free: readonly string[];
}

/** The tools that rules can be about. */
export interface KnownTools {
  readonly tools: readonly RuleTool[];
  /** Whether the tools of other extensions are among them. Outside VS Code nobody can tell. */
  readonly listsForeign: boolean;
}

/** How the names of tools of other extensions begin in rules. */
export const foreignPrefix = 'lm:';

/** The tools whose calls have a command, an address or a path that rules can name. */
export const toolsWithSubject: readonly RuleTool[] = [
  {
    name: 'run_command',
    kind: 'execute',
    subject: { kind: 'command', argument: 'command', free: [] },
  },
  { name: 'fetch_url', kind: 'network', subject: { kind: 'url', argument: 'url', free: [] } },
  {
    name: 'write_file',
    kind: 'write',
    subject: { kind: 'path', argument: 'path', free: ['content'] },
  },
  {
    name: 'edit_file',
    kind: 'write',
    subject: { kind: 'path', argument: 'path', free: ['oldText', 'newText'] },
  },
  {
    name: 'read_file',
    kind: 'read',
    subject: {
      kind: 'path',
      argument: 'path',
      free: ['startLine', 'endLine', 'startColumn', 'endColumn'],
    },
  },
];

/** The tool of a name; a tool of another extension also where these are not listed. */
export function findRuleTool(name: string, known: KnownTools): RuleTool | undefined {
  const found = known.tools.find((tool) => tool.name === name);
  if (found !== undefined || known.listsForeign) return found;
  return isForeignName(name) ? { name, kind: 'foreign' } : undefined;
}

function isForeignName(name: string): boolean {
  return new RegExp(`^${foreignPrefix}[A-Za-z0-9_.-]{1,128}$`).test(name);
}
