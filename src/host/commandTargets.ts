import type * as vscode from 'vscode';

/** What a command on a run is about: the node of a tree, or a plain object. */
export interface RunTarget {
  readonly runId: string;
  /** Whether a person asked for it in a view, who is asked before something is lost. Programs are not. */
  readonly interactive?: true;
  /** Whether the caller shows what became of it: the command resolves with a `RequestAnswer` then. */
  readonly answers?: true;
}

/** What a command on a conversation is about. */
export interface ConversationTarget extends RunTarget {
  /** Index in prompt order. */
  readonly conversation: number;
}

/** What a command on prompts is about: a folder or file of the Prompts view, or one prompt of a file. */
export interface PromptTarget {
  readonly uri: vscode.Uri;
  /** All prompts of the file, or of the folder's files, when absent. */
  readonly promptId?: string;
}

/** Reads the target of a command on a run from whatever it was called with. */
export function runTarget(argument: unknown): RunTarget | undefined {
  const runId = property(argument, 'runId');
  if (typeof runId !== 'string') return undefined;
  return {
    runId,
    ...(property(argument, 'interactive') === true ? { interactive: true } : {}),
    ...(wantsAnswer(argument) ? { answers: true } : {}),
  };
}

/** Whether the caller shows what becomes of the command. */
export function wantsAnswer(argument: unknown): boolean {
  return property(argument, 'answers') === true;
}

/** Reads the target of a command on a conversation from whatever it was called with. */
export function conversationTarget(argument: unknown): ConversationTarget | undefined {
  const target = runTarget(argument);
  const conversation = property(argument, 'conversation');
  if (target === undefined || typeof conversation !== 'number') return undefined;
  return { ...target, conversation };
}

/** What a command on proposed changes is about: those of a run, of one conversation, or of it for one file. */
export interface ProposalTarget extends RunTarget {
  readonly conversation?: number;
  /** Workspace path. */
  readonly path?: string;
}

/** Reads the target of a command on proposed changes from whatever it was called with. */
export function proposalTarget(argument: unknown): ProposalTarget | undefined {
  const conversation = conversationTarget(argument);
  const path = property(argument, 'path');
  if (conversation === undefined) return runTarget(argument);
  return { ...conversation, ...(typeof path === 'string' ? { path } : {}) };
}

/** Reads the target of a command on prompts: a node of the Prompts view or a bare `Uri`. */
export function promptTarget(argument: unknown): PromptTarget | undefined {
  if (isUri(argument)) return { uri: argument };
  const uri = property(argument, 'uri');
  if (!isUri(uri)) return undefined;
  const promptId = property(argument, 'promptId');
  return { uri, ...(typeof promptId === 'string' ? { promptId } : {}) };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Uris come from VS Code itself and from other extensions' calls: both have these parts. */
export function isUri(value: unknown): value is vscode.Uri {
  return (
    typeof property(value, 'scheme') === 'string' && typeof property(value, 'path') === 'string'
  );
}
