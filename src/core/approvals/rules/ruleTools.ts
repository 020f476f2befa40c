import { contactPrefixes } from '../../base/agentDefinition.ts';
import type { ToolEffect } from '../../base/toolEffect.ts';

/** What rules need to know of a tool. */
export interface RuleTool {
  readonly name: string;
  readonly effect: ToolEffect;
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
  /** Other arguments that are of the same kind. The floor and rules that deny or ask look at them, too. */
  readonly others?: readonly string[];
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
    effect: 'execute',
    subject: { kind: 'command', argument: 'command', free: ['timeoutSeconds'] },
  },
  {
    name: 'fetch_url',
    effect: 'network',
    subject: { kind: 'url', argument: 'url', free: ['offset'] },
  },
  {
    name: 'write_file',
    effect: 'write',
    subject: { kind: 'path', argument: 'path', free: ['content'] },
  },
  {
    name: 'edit_file',
    effect: 'write',
    subject: { kind: 'path', argument: 'path', free: ['oldText', 'newText'] },
  },
  { name: 'delete_file', effect: 'write', subject: { kind: 'path', argument: 'path', free: [] } },
  {
    name: 'rename_file',
    effect: 'write',
    subject: { kind: 'path', argument: 'path', free: [], others: ['newPath'] },
  },
  {
    name: 'read_file',
    effect: 'read',
    subject: {
      kind: 'path',
      argument: 'path',
      free: ['startLine', 'endLine', 'startColumn', 'endColumn'],
    },
  },
];

/** Tools that are offered in VS Code alone. Rules that name them are right everywhere. */
const toolsOfEditor: readonly RuleTool[] = [{ name: 'get_diagnostics', effect: 'read' }];

/** The tools that rules can be about where these are offered; those of other extensions are not listed. */
export function knownTools(tools: readonly Pick<RuleTool, 'name' | 'effect'>[]): KnownTools {
  const always = [...toolsWithSubject, ...toolsOfEditor];
  const named = new Set(always.map(({ name }) => name));
  const others = tools.filter(({ name }) => !named.has(name)).map(ruleToolOf);
  return { tools: [...always, ...others], listsForeign: false };
}

/** How rules see a tool that a model is offered. */
export function ruleToolOf({ name, effect }: Pick<RuleTool, 'name' | 'effect'>): RuleTool {
  if (effect === 'foreign') return { name: `${foreignPrefix}${name}`, effect };
  const known = toolsWithSubject.find((tool) => tool.name === name && tool.effect === effect);
  return known ?? { name, effect };
}

/** The tool of a name; a tool of another extension also where these are not listed. */
export function findRuleTool(name: string, known: KnownTools): RuleTool | undefined {
  const found = known.tools.find((tool) => tool.name === name);
  if (found !== undefined) return found;
  // The agents of a run are not known where rules are written.
  if (isContactName(name)) return { name, effect: 'pure' };
  if (known.listsForeign) return undefined;
  return isForeignName(name) ? { name, effect: 'foreign' } : undefined;
}

function isContactName(name: string): boolean {
  const { transfer, ask } = contactPrefixes;
  return new RegExp(`^(?:${transfer}|${ask})[a-z0-9_]{1,60}$`).test(name);
}

function isForeignName(name: string): boolean {
  return new RegExp(`^${foreignPrefix}[A-Za-z0-9_.-]{1,128}$`).test(name);
}
